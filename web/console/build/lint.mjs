// The rules that a type checker does not know: no inline styles or v-html (the CSP forbids them), no colour outside the
// tokens, no domain that imports another one, files of a readable size, and no message that no screen shows. (That both
// languages have the same keys is for the type checker and for messages.test.ts.)
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const web = join(import.meta.dirname, '..', '..')
const complaints = []
const english = []
let speakers = ''

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', 'dist', 'screenshots'].includes(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(path)
    else if (/\.(vue|ts|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts')) yield path
  }
}

const rules = [
  { what: 'an inline style attribute, which the CSP blocks', ext: '.vue', pattern: /<[^>]*\sstyle="/ },
  { what: 'v-html', ext: '.vue', pattern: /\sv-html\b/ },
  { what: 'a colour that is not a token', ext: '.vue', pattern: /#[0-9a-f]{6}\b|\brgba?\(/i },
]

for (const path of sources(web)) {
  const name = relative(web, path)
  const text = readFileSync(path, 'utf8')
  const lines = text.split('\n')
  const limit = path.endsWith('.vue') ? 260 : 400
  if (lines.length > limit && !name.startsWith('client/src/schema')) complaints.push(`${name}: ${lines.length} lines, more than ${limit}: split it`)
  for (const rule of rules) if (path.endsWith(rule.ext)) lines.forEach((line, index) => rule.pattern.test(line) && complaints.push(`${name}:${index + 1}: ${rule.what}`))
  const domain = /console\/src\/domains\/([^/]+)\//.exec(name)?.[1]
  if (name.endsWith('/messages/en.ts')) english.push({ name, text, prefix: domain ? `${domain}.` : '' })
  else if (/^(console\/src|e2e)\//.test(name) && !name.includes('/messages/')) speakers += text
  if (domain) for (const [, other] of text.matchAll(/from '@\/domains\/([^/']+)/g)) if (other !== domain) complaints.push(`${name}: imports the domain ${other}`)
}

// A message is asked for by its whole key, or by a template whose end is computed: `severity.${level}` stands for the keys
// right below `severity`.
const said = new Set([...speakers.matchAll(/(['"`])([\w.]+)\1/g)].map(([, , key]) => key))
const begun = new Set([...speakers.matchAll(/`(\w+\.[\w.]*)\$\{/g)].map(([, start]) => start))
const keysOf = (messages, prefix) => Object.entries(messages).flatMap(([key, value]) => (typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`)))
for (const { name, text, prefix } of english) {
  const { default: messages } = await import(`data:text/javascript,${encodeURIComponent(text)}`)
  for (const key of keysOf(messages, prefix)) {
    if (said.has(key) || [...begun].some((start) => key.startsWith(start) && !key.slice(start.length).includes('.'))) continue
    complaints.push(`${name}: nothing asks for the message '${key}': use it, or delete it in every language`)
  }
}

if (complaints.length > 0) {
  console.error(complaints.join('\n'))
  process.exit(1)
}
console.log('web: nothing to complain about')
