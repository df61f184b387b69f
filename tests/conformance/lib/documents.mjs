// Documents as two servers on one database see them: which a scenario wrote, reading them whole, holding answers beside one another.
import fs from 'node:fs';
import path from 'node:path';
import { perform, same, diff } from './common.mjs';

// ------------------------------------------------------------------ content types
// an attribute that takes any short text; best one whose value need not be unique
const LENGTH = 12;
const takesText = (a) => ['string', 'text', 'richtext'].includes(a.type) && !a.regex && !a.private && !a.conditions && a.writable !== false
  && (a.minLength ?? 0) <= LENGTH && (a.maxLength ?? LENGTH) >= LENGTH;
function textOf(schema) {
  const fit = Object.keys(schema.attributes).filter((key) => takesText(schema.attributes[key]));
  return fit.find((key) => !schema.attributes[key].unique) ?? fit[0];
}

// everything that belongs to a document, components down to the second level; relations as far as the rows they lead to
function populateOf(schema, localized) {
  const parts = Object.entries(schema.attributes).flatMap(([name, a]) => {
    if (a.type === 'component' || a.type === 'dynamiczone') return [`populate[${name}][populate]=*`];
    return a.type === 'relation' || a.type === 'media' ? [`populate[${name}]=true`] : [];
  });
  return localized ? [...parts, 'populate[localizations][fields]=locale'] : parts;
}

// {first part of the path below /api: content type}
export function readTypes(folder) {
  const types = new Map();
  for (const file of fs.readdirSync(folder, { recursive: true }).sort()) {
    if (path.basename(file) !== 'schema.json') continue;
    const schema = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
    const localized = schema.pluginOptions?.i18n?.localized === true;
    const single = schema.kind === 'singleType';
    const name = single ? schema.info.singularName : schema.info.pluralName;
    types.set(name, {
      name, single, localized, drafts: schema.options?.draftAndPublish === true, populate: populateOf(schema, localized),
      text: textOf(schema),
    });
  }
  return types;
}

// ------------------------------------------------------------------ what a scenario wrote
const PATH = /^\/api\/([^/?]+)(?:\/([^/?]+))?(?:\?|$)/;

export class Touched {
  constructor(types) { this.types = types; this.found = new Map(); }
  note(sentPath, response) {
    const [, name, given] = PATH.exec(sentPath) ?? [];
    const type = this.types.get(name);
    if (!type) return;
    const id = response?.data?.documentId ?? given;
    if (type.single) this.found.set(name, { type, where: `/api/${name}` });
    else if (id) this.found.set(`${name}/${id}`, { type, id, where: `/api/${name}/${id}` });
  }
  list() { return [...this.found.values()]; }
}

// ------------------------------------------------------------------ reading
export const query = (...parts) => { const given = parts.flat().filter(Boolean); return given.length ? `?${given.join('&')}` : ''; };
export const statuses = (type) => (type.drafts ? ['status=draft', 'status=published'] : [null]);
// A connection for each request: a server under load may close an idle one just as the next request is sent.
export async function ask(base, step, vars = {}) {
  try { return await perform(base, { ...step, headers: { ...step.headers, connection: 'close' } }, vars); } catch (e) { throw new Error(`${step.method} ${base}${step.path}: ${e.message}`); }
}
export const get = (base, at) => ask(base, { method: 'GET', path: at });
export const put = (base, at, data) => ask(base, { method: 'PUT', path: at, body: { data } });

// in which locales there is anything of the document; [null] where the type has none
export async function localesOf(base, { type, id, where }, known) {
  if (!type.localized) return [null];
  const found = new Set();
  if (type.single) {
    for (const code of known) for (const s of statuses(type)) if ((await get(base, where + query(`locale=${code}`, s))).status === 200) found.add(code);
    return [...found];
  }
  for (const s of statuses(type)) {
    const r = await get(base, `/api/${type.name}${query(`filters[documentId]=${id}`, 'locale=*', 'fields=locale', 'pagination[pageSize]=100', s)}`);
    for (const row of r.response?.data ?? []) found.add(row.locale);
  }
  return [...found];
}

// one GET to both; what differs. Rows are the same rows, so ids and times are the same too.
export async function compareGet(socle, strapi, at) {
  const [ours, theirs] = await Promise.all([get(socle, at), get(strapi, at)]);
  return compareAnswers(`GET ${at}`, ours, theirs);
}
export function compareAnswers(what, ours, theirs) {
  if (ours.status !== theirs.status) return [`${what}: Strapi answers ${theirs.status}, Socle ${ours.status}: ${JSON.stringify(theirs.status < 300 ? ours.response : theirs.response)}`];
  const [want, got] = [theirs, ours].map((answer) => settled(answer.response));
  return same(want, got) ? [] : diff(want, got).map((x) => `${what}: (want: Strapi, got: Socle) ${x}`);
}
// Strapi asks for the localizations without naming an order, so they come as the database finds them.
function settled(v, key) {
  if (Array.isArray(v)) { const all = v.map((x) => settled(x)); return key === 'localizations' ? all.sort((a, b) => a.id - b.id) : all; }
  if (v && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, settled(x, k)]));
  return v;
}
