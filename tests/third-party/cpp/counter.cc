#include <socle/socle.h>

#include <algorithm>
#include <map>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Counts {
	std::map<std::string, long> hits;
};

Counts *counts(socle_context *ctx)
{
	return static_cast<Counts *>(socle_data(ctx));
}

int init(socle_context *ctx)
{
	socle_set_data(ctx, new (std::nothrow) Counts);
	return counts(ctx) ? 0 : -1;
}

void leave(socle_context *ctx)
{
	delete counts(ctx);
}

std::vector<std::string> sorted(const std::string &text)
{
	std::vector<std::string> words;
	std::istringstream in(text);

	for (std::string word; in >> word;)
		words.push_back(word);
	if (words.empty())
		throw std::invalid_argument("there is no word in it");
	std::sort(words.begin(), words.end());
	return words;
}

} // namespace

SOCLE_PLUGIN(.init = init, .exit = leave)

SOCLE_MIDDLEWARE(count)
{
	const char *path = socle_path(ctx);

	if (path)
		counts(ctx)->hits[path]++;
	return socle_next(ctx);
}

/* GET /api/counter/hits */
SOCLE_ACTION(hits_show)
{
	json_t *all = json_object();

	for (const auto &[path, hits] : counts(ctx)->hits)
		json_object_set_new(all, path.c_str(), json_integer(hits));
	return socle_send_json(ctx, all);
}

/* GET /api/counter/words/one%20two. An exception must not leave the plugin. */
SOCLE_ACTION(words_sorted)
{
	try {
		std::string line;

		for (const std::string &word : sorted(socle_param(ctx, "text")))
			line += (line.empty() ? "" : " ") + word;
		return socle_send_text(ctx, line.c_str());
	} catch (const std::exception &error) {
		return socle_throw(ctx, SOCLE_VALIDATION, "%s", error.what());
	}
}
