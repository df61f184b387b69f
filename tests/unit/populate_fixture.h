/* A few small types with every kind of relation, for the tests of populate. */
#ifndef POPULATE_FIXTURE_H
#define POPULATE_FIXTURE_H

#include "unit.h"
#include "models_fixture.h"

#include "config/settings.h"
#include "extension/generation.h"
#include "extension/scope.h"
#include "rest/access.h"

#define TYPE(name, plural, options) \
	"kind = 'collectionType'\ncollectionName = '" plural "'\n[info]\nsingularName = '" name "'\n" \
	"pluralName = '" plural "'\ndisplayName = 'X'\n[options]\n" options "\n[attributes]\n"
#define COMPONENT(plural) \
	"collectionName = 'components_" plural "'\n[info]\ndisplayName = 'X'\n[attributes]\n"
#define RELATION(name, kind, target, more) \
	name " = { type = 'relation', relation = '" kind "', " \
	"target = 'api::" target "." target "'" more " }\n"

static const char fixture_article[] = TYPE("article", "articles", "draftAndPublish = true")
	"title = { type = 'string' }\n"
	"views = { type = 'integer' }\n"
	"secret = { type = 'string', private = true }\n"
	RELATION("author", "manyToOne", "author", ", inversedBy = 'articles'")
	RELATION("tags", "manyToMany", "tag", "")
	RELATION("parent", "manyToOne", "article", ", inversedBy = 'children'")
	RELATION("children", "oneToMany", "article", ", mappedBy = 'parent'")
	RELATION("vault", "oneToOne", "vault", "")
	RELATION("hidden", "oneToOne", "tag", ", private = true")
	"seo = { type = 'component', component = 'shared.seo' }\n"
	"links = { type = 'component', component = 'shared.link', repeatable = true }\n"
	"blocks = { type = 'dynamiczone', components = ['shared.seo'] }\n"
	RELATION("notes", "morphMany", "note", ", morphBy = 'mentions'");
static const char fixture_author[] = TYPE("author", "authors", "draftAndPublish = false")
	"name = { type = 'string' }\n"
	"secret = { type = 'password' }\n"
	RELATION("articles", "oneToMany", "article", ", mappedBy = 'author'")
	RELATION("best", "oneToOne", "article", ", useJoinTable = false");
static const char fixture_tag[] = TYPE("tag", "tags", "draftAndPublish = false")
	"name = { type = 'string' }\n"
	RELATION("pinned", "morphOne", "note", ", morphBy = 'subject'");
static const char fixture_note[] = TYPE("note", "notes", "draftAndPublish = false")
	"text = { type = 'text' }\n"
	"subject = { type = 'relation', relation = 'morphToOne' }\n"
	"mentions = { type = 'relation', relation = 'morphToMany' }\n";
static const char fixture_vault[] = TYPE("vault", "vaults", "draftAndPublish = false")
	"code = { type = 'string' }\n";
static const char fixture_seo[] = COMPONENT("seos")
	"metaTitle = { type = 'string' }\n"
	RELATION("target", "oneToOne", "tag", "");
static const char fixture_link[] = COMPONENT("links")
	"url = { type = 'string' }\n"
	RELATION("owner", "oneToOne", "author", "");

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
	site->settings.api.filter_depth = 10;
	site->settings.api.filter_conditions = 10;
	site->settings.api.filter_relations = 4;
	site->settings.api.populated_rows = 10000;
	site->settings.api.sort_keys = 10;
	site->generation.settings = &site->settings;
	site->generation.models = f->models;
	site->generation.arena = f->arena;
	site->generation.access = access_new(f->arena, &site->settings, f->models);
	scope_init(&site->scope, f->arena, &site->generation, NULL);
	site->scope.caller = CALLER_PUBLIC;
	return site;
}

#endif
