/* A few small types with every kind of relation, for the tests of populate. */
#ifndef POPULATE_FIXTURE_H
#define POPULATE_FIXTURE_H

#include "unit.h"
#include "models_fixture.h"

#include "config/settings.h"
#include "extension/generation.h"
#include "extension/scope.h"
#include "rest/access.h"

#define TYPE(name, plural, options)                                                                          \
	"kind = 'collectionType'\ncollectionName = '" plural "'\n[info]\nsingularName = '" name              \
	"'\npluralName = '" plural "'\ndisplayName = 'X'\n[options]\n" options "\n[attributes]\n"
#define RELATION(kind, target)                                                                               \
	"{ type = 'relation', relation = '" kind "', target = 'api::" target "." target "'"

static const char fixture_article[] = TYPE("article", "articles",
	"draftAndPublish = true") "title = { type = 'string' }\nviews = { type = 'integer' }\nsecret = { "
				  "type = 'string', private = true }\n"
				  "author = " RELATION("manyToOne",
					  "author") ", inversedBy = 'articles' }\n"
						    "tags = " RELATION("manyToMany",
							    "tag") " }\n"
								   "parent = " RELATION("manyToOne",
									   "article") ", inversedBy = "
										      "'children' }\n"
										      "children = " RELATION(
											      "oneToMany",
											      "article") ", "
													 "map"
													 "ped"
													 "By "
													 "= "
													 "'pa"
													 "ren"
													 "t' "
													 "}\n"
													 "vau"
													 "lt "
													 "="
													 " " RELATION(
														 "oneToOne",
														 "vault") " }\n"
															  "hidden = " RELATION(
																  "oneToOne",
																  "tag") ", private = true }\n"
																	 "seo = { type = 'component', component = 'shared.seo' }\n"
																	 "links = { type = 'component', component = 'shared.link', repeatable = true }\n"
																	 "blocks = { type = 'dynamiczone', components = ['shared.seo', 'shared.link'] }\n"
																	 "notes = " RELATION(
																		 "morphMany",
																		 "note") ", morphBy = 'mentions' }\n";
static const char fixture_author[] = TYPE("author", "authors", "draftAndPublish = false")
	"name = { type = 'string' }\nsecret = { type = 'password' }\n"
	"articles = " RELATION("oneToMany", "article") ", mappedBy = 'author' }\n"
	"best = " RELATION("oneToOne", "article") ", useJoinTable = false }\n";
static const char fixture_tag[] = TYPE("tag", "tags", "draftAndPublish = false")
	"name = { type = 'string' }\npinned = " RELATION("morphOne", "note") ", morphBy = 'subject' }\n";
static const char fixture_note[] = TYPE("note", "notes", "draftAndPublish = false")
	"text = { type = 'text' }\nsubject = { type = 'relation', relation = 'morphToOne' }\n"
	"mentions = { type = 'relation', relation = 'morphToMany' }\n";
static const char fixture_vault[] =
	TYPE("vault", "vaults", "draftAndPublish = false") "code = { type = 'string' }\n";
static const char fixture_seo[] =
	"collectionName = 'components_seos'\n[info]\ndisplayName = 'X'\n[attributes]\n"
	"metaTitle = { type = 'string' }\ntarget = " RELATION("oneToOne", "tag") " }\n";
static const char fixture_link[] =
	"collectionName = 'components_links'\n[info]\ndisplayName = 'X'\n[attributes]\n"
	"url = { type = 'string' }\nowner = " RELATION("oneToOne", "author") " }\n";

struct site {
	struct settings settings;
	struct generation generation;
	struct scope scope;
};

/* The types, and somebody who may find all but vaults. */
static inline struct site *site_new(struct fixture *f)
{
	static struct str patterns[] = { { "api::*", 6 }, { "!api::vault.*", 13 } };
	struct site *site = arena_new_of(f->arena, struct site);

	ok(f, add_component(f, "shared.seo", "seo.toml", fixture_seo));
	ok(f, add_component(f, "shared.link", "link.toml", fixture_link));
	ok(f, add_type(f, "article.toml", fixture_article));
	ok(f, add_type(f, "author.toml", fixture_author));
	ok(f, add_type(f, "tag.toml", fixture_tag));
	ok(f, add_type(f, "note.toml", fixture_note));
	ok(f, add_type(f, "vault.toml", fixture_vault));
	ok(f, models_finish(f->models, &f->error));
	site->settings.api.public_actions = (struct config_list){ patterns, 2 };
	site->settings.api.populate_depth = 4;
	site->settings.api.populate_breadth = 12;
	site->settings.api.filter_depth = site->settings.api.filter_conditions =
		site->settings.api.sort_keys = 10;
	site->generation.settings = &site->settings;
	site->generation.models = f->models;
	site->generation.arena = f->arena;
	site->generation.access = access_new(f->arena, &site->settings, f->models);
	scope_init(&site->scope, f->arena, &site->generation, NULL);
	return site;
}

#endif
