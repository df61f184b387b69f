#include "extension/permission.h"

#include "config/settings.h"

bool permission_match(struct str pattern, struct str action)
{
	size_t p = 0, a = 0, star = pattern.n, resume = 0;

	while (a < action.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			resume = a;
		} else if (p < pattern.n && pattern.p[p] == action.p[a]) {
			p++;
			a++;
		} else if (star < pattern.n) {
			/* The last star takes one more character. */
			p = star + 1;
			a = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool permission_public(const struct settings *settings, struct str action)
{
	bool allowed = false;

	for (size_t i = 0; i < settings->api.public_actions.count; i++) {
		struct str pattern = settings->api.public_actions.items[i];

		if (pattern.n && pattern.p[0] == '!') {
			if (permission_match(str_skip(pattern, 1), action))
				return false;
		} else if (permission_match(pattern, action)) {
			allowed = true;
		}
	}
	return allowed;
}
