#!/usr/bin/env node
// Generated query strings through the `qs` module with Strapi's settings, and through our param_parse().
//
//   node qs.mjs --driver BUILD/tests/differential/qs_driver [--count N] [--seed N] [--record FILE] [--qs FOLDER]
//
// Prints what differs and ends with "N passed, N failed"; exit 1 when something differs, 77 when the module can't be
// had. --record writes vectors for tests/unit/test_query.c instead: a query string and its tree on alternate lines.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const SETTINGS = { strictNullHandling: true, arrayLimit: 100, depth: 20 }
const UNAVAILABLE = 77
const here = path.dirname(fileURLToPath(import.meta.url))

// ---- the module ----

function unavailable(why) {
  console.log(`qs: unavailable: ${why}`)
  process.exit(UNAVAILABLE)
}

function load(folder) {
  const wanted = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8')).dependencies.qs
  const at = folder ?? path.join(here, 'node_modules', 'qs')
  if (!existsSync(path.join(at, 'package.json'))) {
    const npm = spawnSync('npm', ['install', '--prefix', here, '--no-package-lock', '--no-audit', '--no-fund',
      '--ignore-scripts', '--loglevel=error'], { encoding: 'utf8', timeout: 120000 })
    if (npm.error || npm.status !== 0) {
      unavailable(npm.error ? `npm: ${npm.error.message}` : npm.stderr.trim().split('\n')[0])
    }
  }
  const { version } = JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8'))
  if (version !== wanted) unavailable(`${at} is version ${version}, ${wanted} is wanted`)
  return createRequire(import.meta.url)(at)
}

// ---- inputs ----

// Mulberry32: the same inputs everywhere.
function random(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n) => Math.floor(next() * n)
  return { below, pick: (list) => list[below(list.length)], chance: (p) => next() < p }
}

const ROOTS = ['a', 'a', 'a', 'b', 'filters', 'sort', '0', '1', '7', '10', '4294967294', '4294967295', '', 'a.b', '[a]',
  '[0]', '[]', '__proto__', 'toString', 'a b', 'é', '$or']
const NAMES = ['a', 'b', 'c', '$eq', '$and', '0', '1', '2', '3', '5', '99', '100', '101', '01', '-1', '1.5', ' 1', '', '',
  '', '__proto__', 'constructor', 'hasOwnProperty', 'x.y', '[', ']', '[b]', 'ä', '4294967295']
const VALUES = ['', '1', '2', 'x', 'a,b', 'x y', 'a=b', '100%', '%', '%zz', '%E2%82%AC', '%C3', '%00', '%0A', '"', '\\',
  '+', '%2B', 'null', 'true', '%ED%A0%80', '%F0%9F%98%80']
const BYTES = ['a', 'b', '0', '1', '9', '[', '[', '[', ']', ']', ']', '=', '=', '&', '&', '%', '+', '.', ',', ';', '5', 'B',
  'D', '5D', '%5B', '%5D', '%5d', ']=', '[]', '[0]', '%5B%5D', '%3D', '%26', '%C3%A9', '__proto__', '#', '$']

function escaped(text, r) {
  const style = r.below(3)
  return [...text].map((c) => {
    if (c === ' ') return r.chance(0.5) ? '+' : '%20'
    if (/[^\x21-\x7e]/.test(c)) return encodeURIComponent(c)
    if ('[]'.includes(c)) return style === 0 ? encodeURIComponent(c) : style === 1 && r.chance(0.2) ? encodeURIComponent(c).toLowerCase() : c
    return '&=#%+'.includes(c) ? encodeURIComponent(c) : c
  }).join('')
}

function name(r) {
  let text = r.pick(ROOTS)
  const depth = r.chance(0.02) ? 18 + r.below(8) : r.below(4)
  for (let i = 0; i < depth; i++) text += `[${r.pick(NAMES)}]`
  if (r.chance(0.03)) text += r.pick(['x', '[', ']', '[a', 'a]'])
  return escaped(text, r)
}

function value(r) {
  const text = r.pick(VALUES)
  return text.includes('%') ? text : escaped(text, r)
}

function part(r) {
  const form = r.below(10)
  return form === 0 ? name(r) : form === 1 ? `${name(r)}=` : `${name(r)}=${value(r)}`
}

function many(r) {
  const count = r.pick([99, 100, 101, 102, 150])
  const form = r.below(5)
  const parts = Array.from({ length: count }, (_, i) => [`a=${i}`, `a[]=${i}`, `a[${i}]=${i}`, `a[${count - i}]=${i}`,
    `a[b][]=${i}`][form])
  if (r.chance(0.5)) parts.splice(r.below(parts.length), 0, part(r))
  if (r.chance(0.5)) parts.push(part(r))
  return parts.join('&')
}

function input(r) {
  const kind = r.below(100)
  if (kind === 0) return many(r)
  if (kind === 1) return Array.from({ length: 1005 }, (_, i) => `k${i % 40}=${i}`).join('&')
  if (kind < 35) return Array.from({ length: r.below(14) }, () => r.pick(BYTES)).join('')
  return Array.from({ length: 1 + r.below(5) }, () => part(r)).join('&')
}

// ---- the comparison ----

function options() {
  const found = { count: 20000, seed: 1 }
  for (let i = 2; i < process.argv.length; i += 2) {
    const key = process.argv[i].replace(/^--/, '')
    if (!['driver', 'count', 'seed', 'record', 'qs'].includes(key) || i + 1 === process.argv.length) {
      console.error('usage: qs.mjs --driver FILE [--count N] [--seed N] [--record FILE] [--qs FOLDER]')
      process.exit(2)
    }
    found[key] = process.argv[i + 1]
  }
  return found
}

const given = options()
const qs = load(given.qs)
const r = random(Number(given.seed))
const inputs = Array.from({ length: Number(given.count) }, () => input(r))
const trees = inputs.map((text) => JSON.stringify(qs.parse(text, SETTINGS)))

if (given.record) {
  const short = inputs.map((text, i) => [text, trees[i]]).filter(([text, tree]) => text.length + tree.length < 300)
  writeFileSync(given.record, short.map(([text, tree]) => `${text}\n${tree}\n`).join(''))
  console.log(`${short.length} vectors`)
  process.exit(0)
}

const ours = spawnSync(given.driver, [], { input: inputs.join('\n') + '\n', encoding: 'utf8', maxBuffer: 1 << 30 })
if (ours.status !== 0) {
  console.log(`${given.driver} ended with ${ours.signal ?? ours.status}: ${ours.stderr || ours.error}`)
  process.exit(1)
}
const answers = ours.stdout.split('\n')
let failed = 0
inputs.forEach((text, i) => {
  if (answers[i] === trees[i]) return
  if (++failed <= 20) console.log(`${text.slice(0, 500)}\n  qs   ${trees[i].slice(0, 500)}\n  ours ${answers[i]?.slice(0, 500)}`)
})
console.log(`${inputs.length - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
