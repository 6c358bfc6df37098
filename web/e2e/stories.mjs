// Tells all stories, or those whose name holds the words after --only. Ends with 1 when one fails.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './stage/browser.mjs'
import { play, stories } from './stage/story.mjs'

const folder = join(import.meta.dirname, 'stories')
for (const file of readdirSync(folder).sort()) if (file.endsWith('.mjs')) await import(join(folder, file))
const at = process.argv.indexOf('--only')
const wanted = at < 0 ? '' : process.argv.slice(at + 1).join(' ').toLowerCase()
const chosen = stories.filter(({ name }) => name.toLowerCase().includes(wanted))
if (chosen.length === 0) {
  console.error(`No story is called ${wanted}. There are:\n${stories.map(({ name }) => `  ${name}`).join('\n')}`)
  process.exit(2)
}

const began = Date.now()
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`
const browser = await launch()
let failed = 0
for (const tale of chosen) {
  const from = Date.now()
  try {
    await play(tale, browser)
    console.log(`ok    ${tale.name} (${seconds(from)})`)
  } catch (error) {
    failed += 1
    console.log(`FAIL  ${tale.name} (${seconds(from)})\n${error.stack ?? error}\n${error.seen ?? ''}`)
  }
}
await browser.close()
console.log(`${chosen.length - failed} of ${chosen.length} stories in ${seconds(began)}`)
process.exit(failed > 0 ? 1 : 0)
