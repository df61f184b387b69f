/* The blog of a house with a kitchen, a garden and a workshop. */
#include "samples.h"

static const struct author {
	const char *name, *email, *bio;
} authors[] = {
	{ "Ines Carvalho", "ines@example.org", "Bakes for a living, and at home for practice." },
	{ "Ruth Adeyemi", "ruth@example.org", "Grows vegetables on forty square metres, since 2009." },
	{ "Tomasz Wilk", "tomasz@example.org", "Mends bicycles, clocks, and most things with screws." },
};

static const struct category {
	const char *name, *slug, *description;
} categories[] = {
	{ "Garden", "garden", "What grows, what doesn't, and when to sow it." },
	{ "Kitchen", "kitchen", "Bread, mostly. Soup in winter." },
	{ "Workshop", "workshop", "Mending things that were not made to be mended." },
};

static const char *const tags[] = { "beginners", "bicycles", "bread", "repair", "winter" };

static const struct article {
	const char *title, *slug, *published_on;
	int views;
	const char *summary, *body;
} articles[] = {
	{ "A loaf without kneading", "a-loaf-without-kneading", "2024-01-14", 4210,
		"Flour, water, salt, yeast, and eighteen hours in which you do nothing.",
		"Time does what hands do, only slower. Stir **400 g** of flour with 300 g of water, 8 g of "
		"salt and a pinch of dry yeast, cover the bowl, and go to bed.\n\nNext day, fold the dough "
		"twice, let it rest for an hour, and bake it in a hot pot with the lid on. Take the lid "
		"off for the last fifteen minutes." },
	{ "How to true a wheel with two spoke keys", "how-to-true-a-wheel", "2024-02-03", 2875,
		"A wobbling wheel is a matter of quarter turns and patience.",
		"Turn the bicycle upside down and hold a pencil against the fork. Where the rim touches "
		"it, the spokes of the other side want a quarter turn more.\n\nNever give a spoke more "
		"than half a turn at a time, and go round twice before you judge." },
	{ "Potatoes in buckets", "potatoes-in-buckets", "2024-03-22", 1930,
		"Three kilos from a bucket on a balcony, and no digging.",
		"Drill holes in the bottom, fill a third of the bucket with soil, lay two sprouted "
		"potatoes on it and cover them.\n\nWhenever the leaves stand a hand high, fill up to their "
		"tips. Tip the bucket out when the plant has wilted." },
	{ "What a socle is for", "what-a-socle-is-for", "2024-04-09", 3120,
		"The plain block below the statue does more than lift it.",
		"A statue is looked at; a socle is stood on. It keeps the damp of the ground away from the "
		"stone above, it spreads the weight, and it can be mended without touching the "
		"figure.\n\nI built one of brick for the sundial. Nobody has noticed it, which is the "
		"highest praise a socle gets." },
	{ "The clock that lost an hour a week", "the-clock-that-lost-an-hour", "2024-05-17", 640,
		"It was not the spring. It was the cat.",
		"A pendulum wants to swing freely. This one was cleaned, oiled and regulated, and still "
		"came home late every Sunday.\n\nThen I put a chair in front of it for an evening, and saw "
		"who was playing with the weights." },
	{ "Sowing by the lilac", "sowing-by-the-lilac", "2024-05-28", 1105,
		"Calendars don't know your garden; its shrubs do.",
		"When the lilac buds open, peas and spinach can go out. When it is in full bloom the soil "
		"is warm enough for beans.\n\nWrite the dates down for three years, and you have a "
		"calendar of your own." },
	{ "Sourdough on holiday", "sourdough-on-holiday", "2024-07-02", 3560,
		"Your starter does not need a sitter.",
		"Spread two spoonfuls on baking paper, let them dry for a day, and crumble the flakes into "
		"a jar. They keep for a year.\n\nBack home, stir the flakes into warm water, feed them "
		"twice, and bake on the third day." },
	{ "Patching a tube in the rain", "patching-a-tube-in-the-rain", "2024-08-19", 2240,
		"Glue does not stick to water. A sleeve does the trick.",
		"Find the hole with your lips: they feel the air before your fingers do. Dry the tube "
		"inside your sleeve, roughen it, and keep it there while the glue turns dull.\n\nPress the "
		"patch for as long as you can hold your breath. Twice." },
	{ "Soup from what is left", "soup-from-what-is-left", "2024-10-06", 870,
		"Four rules that turn the drawer of the fridge into dinner.",
		"Fry the onion longer than you think. Put in what is hard first and what is green last. "
		"Salt at the end. And a spoonful of vinegar makes up for the stock that you don't have." },
	{ "Putting the beds to sleep", "putting-the-beds-to-sleep", "2024-11-10", 415,
		"A garden that goes into winter covered wakes up earlier.",
		"Cut what has died, and leave the roots where they are. A hand of leaves over it, a little "
		"compost on top, and a board against the wind.\n\nThe worms do the digging until March." },
	{ "Sharpening a kitchen knife on a cup", "sharpening-a-knife-on-a-cup", "2024-12-01", 5480,
		"The ring below your coffee cup is a whetstone.",
		"Turn a cup upside down: the rough ring on which it stands is unglazed. Draw the blade "
		"over it at the height of two stacked coins, ten times each side, away from you.\n\nIt is "
		"no substitute for a stone, but it gets you through the tomatoes." },
	{ "A bicycle for January", "a-bicycle-for-january", "2025-01-12", 0,
		"Salt is what kills it, not the cold.",
		"Wax the frame before the first salt is strewn, let a little air out of the tyres, and oil "
		"the chain every week.\n\nA bucket of warm water at the door, once a day, is worth more "
		"than a new bicycle in spring." },
};

static json_t *author(size_t i)
{
	return json_pack("{s:s, s:s, s:s}", "name", authors[i].name, "email", authors[i].email,
		"bio", authors[i].bio);
}

static json_t *category(size_t i)
{
	return json_pack("{s:s, s:s, s:s}", "name", categories[i].name, "slug", categories[i].slug,
		"description", categories[i].description);
}

static json_t *tag(size_t i)
{
	return json_pack("{s:s}", "name", tags[i]);
}

static json_t *article(size_t i)
{
	const struct article *a = &articles[i];

	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s}", "title", a->title, "slug", a->slug,
		"summary", a->summary, "body", a->body, "views", a->views, "publishedOn", a->published_on);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct samples {
	const char *model;
	json_t *(*data)(size_t i);
	size_t count;
} samples[] = {
	{ "api::author.author", author, COUNT(authors) },
	{ "api::category.category", category, COUNT(categories) },
	{ "api::tag.tag", tag, COUNT(tags) },
	{ "api::article.article", article, COUNT(articles) },
};

static int load(socle_context *ctx, const struct samples *from)
{
	json_t *published = socle_own(ctx, json_pack("{s:s}", "status", "published"));
	int64_t there = socle_count(ctx, from->model, published);

	if (there != 0)
		return there < 0 ? -1 : 0;
	for (size_t i = 0; i < from->count; i++) {
		if (!socle_create(ctx, from->model, socle_own(ctx, from->data(i)), published))
			return -1;
	}
	socle_log_info(ctx, "created %zu samples of %s", from->count, from->model);
	return 0;
}

int samples_load(socle_context *ctx)
{
	for (size_t i = 0; i < COUNT(samples); i++) {
		if (load(ctx, &samples[i]) < 0)
			return -1;
	}
	return 0;
}
