// After the build: a .br and a .gz beside every file worth it, so that the server sends them as they are; and the budget
// of the first load, checked on what was really built.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const dist = join(import.meta.dirname, '..', 'dist')
const worthIt = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt', '.webmanifest'])
const budget = 200 * 1024

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else yield path
  }
}

const sizes = new Map()
for (const path of files(dist)) {
  if (/\.(br|gz)$/.test(path)) continue
  let size = statSync(path).size
  if (worthIt.has(extname(path))) {
    const bytes = readFileSync(path)
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
    writeFileSync(`${path}.br`, brotli)
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
    size = brotli.length
  }
  sizes.set(`/${relative(dist, path)}`, size)
}

// What index.html asks for, what those modules import at once, the shell with the overview in it, and the Latin font.
const first = new Set(['/index.html'])
const add = (path) => {
  if (first.has(path) || !sizes.has(path)) return
  first.add(path)
  if (!path.endsWith('.js')) return
  const text = readFileSync(join(dist, path), 'utf8')
  for (const [, from] of text.matchAll(/(?:import|from)\s*["'](\.\/[^"']+\.js)["']/g)) add(`/assets/${from.slice(2)}`)
}
for (const [, path] of readFileSync(join(dist, 'index.html'), 'utf8').matchAll(/(?:src|href)="(\/[^"]+)"/g)) add(path)
for (const path of [...sizes.keys()]) if (/\/(AppShell|OverviewPage)-[^/]*\.js$/.test(path)) add(path)
for (const path of sizes.keys()) if (/inter-latin-wght-normal.*\.woff2$/.test(path)) first.add(path)

const total = [...first].reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0)
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`
for (const path of first) console.log(`  ${kib(sizes.get(path) ?? 0).padStart(10)}  ${path}`)
console.log(`first load ${kib(total)} of ${kib(budget)}, everything ${kib([...sizes.values()].reduce((a, b) => a + b, 0))}`)
if (total > budget) {
  console.error('The first load is over its budget: load something later.')
  process.exit(1)
}
