// What must not be read in another language: every English sentence that the server or the console has. Names that people
// gave and examples that are the same in both languages are no sentences of ours.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { texts } from './words.mjs'

const web = join(import.meta.dirname, '..', '..')
const json = (...path) => JSON.parse(readFileSync(join(web, ...path), 'utf8'))
const long = 14

/** The parts of a text that stand in it whatever is filled in. */
const pieces = (text) => text.split(/\{[^}]*\}|\s\|\s/).map((piece) => piece.trim()).filter((piece) => piece.length >= long && piece.includes(' '))

const french = [...Object.values(json('console', 'src', 'phrases', 'fr.json')), ...texts('fr')].join('\n')
const english = [...new Set([...Object.values(json('client', 'phrases.json')), ...texts('en')].flatMap(pieces))].filter((piece) => !french.includes(piece))

/** Everything that the page says, to the eye and to a screen reader. */
const read = (page) =>
  page.evaluate(() => {
    const said = [...document.querySelectorAll('[aria-label],[title],[placeholder],[alt]')].flatMap((element) => ['aria-label', 'title', 'placeholder', 'alt'].map((name) => element.getAttribute(name) ?? ''))
    return [document.title, document.body.innerText, ...said].join('\n')
  })

/** English sentences on a page that should have none. */
export async function englishOn(page) {
  const text = (await read(page)).toLowerCase()
  return english.filter((piece) => text.includes(piece.toLowerCase())).map((piece) => `English: ${piece}`)
}
