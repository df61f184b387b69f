#!/usr/bin/env node
// Two servers on one database, the host and a Strapi: holds what one reads against what the other wrote. For tools/crosscheck.
//   node crosscheck.mjs scenarios --socle URL --strapi URL --reset CMD ...   each write scenario, from the seed
//   node crosscheck.mjs leave --socle URL ...                                writes of all scenarios, one after the other
//   node crosscheck.mjs agree --socle URL --strapi URL ...                   all that both serve
//   node crosscheck.mjs fill --socle URL --steps FILE ...                    writes what the file says
//   node crosscheck.mjs edit --socle URL --strapi URL ...                    Strapi edits and publishes all there is
//   ... --types DIR --out FILE, and --group G --corpus DIR where there are scenarios
// Prints what is wrong, and writes {"passed", "total", "counts", "notes"} to FILE.
import fs from 'node:fs';
import path from 'node:path';
import { Normaliser, diff, getPath, runReset, same, subst } from './lib/common.mjs';
import { Touched, ask, compareAnswers, compareGet, get, localesOf, put, query, readTypes, statuses } from './lib/documents.mjs';

const [mode, ...argv] = process.argv.slice(2);
const opt = (n) => { const i = argv.indexOf(`--${n}`); return i < 0 ? undefined : argv[i + 1]; };
const socle = opt('socle');
const strapi = opt('strapi');
const types = readTypes(opt('types'));
const counts = {};
const count = (what, n = 1) => { counts[what] = (counts[what] ?? 0) + n; };
const notes = new Set();
const results = { passed: 0, total: 0, counts };

function judge(name, problems) {
  results.total++;
  if (problems.length === 0) { results.passed++; return; }
  console.log(`FAIL ${name}`);
  for (const p of problems) console.log(`     ${p}`);
}

function readCases() {
  const file = path.join(opt('corpus'), 'shared', `${opt('group')}.jsonl`);
  const writes = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((c) => c.state === 'write');
  const able = writes.filter((c) => !needsToken(c));
  if (mode === 'scenarios' && able.length < writes.length) count('scenarios left out, they need a token', writes.length - able.length);
  return able;
}
// which the host can't check yet
const needsToken = (c) => /\{\{(jwt|token):/.test(JSON.stringify(c.steps));

function capture(step, response, vars) {
  for (const [name, from] of Object.entries(step.capture ?? {})) vars[name] = getPath(response, from) ?? `missing-${name}`;
}

// ------------------------------------------------------------------ one scenario
// an answer as a recording keeps it
class Recorder {
  constructor(base) { this.norm = new Normaliser('write'); this.norm.base = base; }
  differs(who, i, step, answer) {
    const response = this.norm.walk(answer.response);
    const at = `step ${i + 1} ${step.method} ${step.path}: ${who}: `;
    if (answer.status !== step.status) return [`${at}status: want ${step.status}, got ${answer.status}`];
    return same(step.response, response) ? [] : diff(step.response, response).map((x) => at + x);
  }
}

// Writes go to the host, reads to both: each must answer what was recorded.
async function runSteps(c, touched) {
  const problems = [];
  const vars = {};
  const ours = new Recorder(socle);
  const theirs = new Recorder(strapi);
  for (const [i, step] of c.steps.entries()) {
    const answer = await ask(socle, step, vars);
    problems.push(...ours.differs('Socle', i, step, answer));
    if (step.method === 'GET') {
      problems.push(...theirs.differs('Strapi', i, step, await ask(strapi, step, vars)));
      count('recorded reads');
    } else {
      theirs.norm.walk(answer.response); // numbers the documents as the recording does
      touched.note(subst(step.path, vars), answer.response);
      count('writes');
    }
    capture(step, answer.response, vars);
  }
  return problems;
}

const places = async (touched, known) => {
  const all = [];
  for (const d of touched.list()) for (const locale of await localesOf(strapi, d, known)) all.push({ ...d, locale: locale && `locale=${locale}` });
  return all;
};

async function readBoth(all) {
  const problems = [];
  for (const { type, where, locale } of all) {
    for (const status of statuses(type)) problems.push(...await compareGet(socle, strapi, where + query(locale, status, type.populate)));
    count('documents read by both', statuses(type).length);
  }
  return problems;
}

// Strapi may refuse what a scenario left unfit to be published; the host must then refuse it in the same words.
async function strapiPuts(what, at, data) {
  const theirs = await put(strapi, at, data);
  if (theirs.status < 300) { count(what); return []; }
  if (theirs.status >= 500) return [`PUT ${at}: Strapi answers ${theirs.status}`];
  const message = theirs.response?.error?.message;
  count('refused by both');
  notes.add(`PUT ${at.replace(/\/[a-z0-9]{24}/, '/…')} ${Object.keys(data).length ? 'with a text' : 'to publish'}: ${theirs.status} ${message}`);
  return compareAnswers(`PUT ${at}`, await put(socle, at, data), theirs);
}

let edition = 0;
async function editAndPublish({ type, where, locale }) {
  const data = { [type.text]: `Strapi's ${String(++edition).padStart(3, '0')}` }; // 12 characters
  if (!type.drafts) return strapiPuts('edited by Strapi', where + query(locale), data);
  const problems = await strapiPuts('edited by Strapi', where + query(locale, 'status=draft'), data);
  return [...problems, ...await strapiPuts('published by Strapi', where + query(locale), {})];
}

const exists = async ({ type, where, locale }) => {
  for (const s of statuses(type)) if ((await get(strapi, where + query(locale, s))).status === 200) return true;
  return false;
};

async function scenario(c, known) {
  const touched = new Touched(types);
  const problems = await runSteps(c, touched);
  const all = await places(touched, known);
  problems.push(...await readBoth(all));
  for (const place of all) if (await exists(place)) problems.push(...await editAndPublish(place));
  problems.push(...await readBoth(await places(touched, known)));
  return problems;
}

async function scenarios() {
  const known = (await get(strapi, '/api/i18n/locales')).response.map((l) => l.code);
  runReset(opt('reset'));
  for (const c of readCases()) {
    let problems;
    try { problems = await scenario(c, known); } catch (e) { problems = [`error: ${e.message}`]; }
    try { runReset(opt('reset')); } catch (e) { problems.push(e.message); }
    judge(c.id, problems);
  }
}

// ------------------------------------------------------------------ what a group leaves behind
async function leave() {
  for (const c of readCases()) {
    const vars = {};
    for (const step of c.steps) {
      const answer = await ask(socle, step, vars);
      if (answer.status >= 500) judge(`${c.id} after others`, [`${step.method} ${step.path}: Socle answers ${answer.status}`]);
      capture(step, answer.response, vars);
      if (step.method !== 'GET' && answer.status < 300) count('writes left behind');
    }
  }
}

async function agree() {
  const known = (await get(strapi, '/api/i18n/locales')).response.map((l) => l.code);
  for (const type of types.values()) {
    const problems = [];
    for (const status of statuses(type)) {
      for (const at of type.single ? known.map((code) => query(type.localized && `locale=${code}`, status, type.populate)) : await pages(type, status)) {
        problems.push(...await compareGet(socle, strapi, `/api/${type.name}${at}`));
        count('lists read by both');
      }
    }
    judge(`all of ${type.name}`, problems);
  }
}

async function pages(type, status) {
  const of = (page) => query(status, type.localized && 'locale=*', type.populate, 'sort=id', 'pagination[pageSize]=50', `pagination[page]=${page}`);
  const last = (await get(strapi, `/api/${type.name}${of(1)}`)).response?.meta?.pagination?.pageCount ?? 1;
  return Array.from({ length: Math.max(last, 1) }, (_, i) => of(i + 1));
}

// ------------------------------------------------------------------ a database that the host made
async function fill() {
  const vars = {};
  for (const [i, step] of JSON.parse(fs.readFileSync(opt('steps'), 'utf8')).entries()) {
    const answer = await ask(socle, step, vars);
    if (answer.status >= 300) judge(`step ${i + 1}`, [`${step.method} ${step.path}: Socle answers ${answer.status}: ${JSON.stringify(answer.response?.error)}`]);
    capture(step, answer.response, vars);
    count('writes');
  }
}

async function edit() {
  const known = (await get(strapi, '/api/i18n/locales')).response.map((l) => l.code);
  for (const type of types.values()) {
    const touched = new Touched(types);
    for (const status of statuses(type)) {
      for (const at of type.single ? [''] : await pages(type, status)) {
        const rows = (await get(strapi, `/api/${type.name}${at}`)).response?.data;
        for (const row of type.single ? [{}] : rows ?? []) touched.note(`/api/${type.name}`, { data: row });
      }
    }
    for (const place of await places(touched, known)) {
      if (await exists(place)) judge(`edit ${place.where} ${place.locale ?? ''}`, [...await editAndPublish(place), ...await readBoth([place])]);
    }
  }
}

await { scenarios, leave, agree, fill, edit }[mode]();
fs.writeFileSync(opt('out'), JSON.stringify({ ...results, notes: [...notes] }));
