// The console's own words, so that a story reads the same in every language and no text is written down twice.
import { readdirSync, readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const source = join(import.meta.dirname, '..', '..', 'console', 'src')

async function load(path) {
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } })
  return (await import(`data:text/javascript,${encodeURIComponent(outputText)}`)).default
}

async function read(language) {
  const all = await load(join(source, 'messages', `${language}.ts`))
  for (const domain of readdirSync(join(source, 'domains'))) {
    const path = join(source, 'domains', domain, 'messages', `${language}.ts`)
    if (existsSync(path)) all[domain] = await load(path)
  }
  return all
}

const known = { en: await read('en'), fr: await read('fr') }
const flat = (messages) => Object.values(messages).flatMap((text) => (typeof text === 'string' ? [text] : flat(text)))

/** All of them. */
export const texts = (language) => flat(known[language])

/** `say('incidents.findings', { count: 2 }, 2)`, with vue-i18n's plural and placeholder rules. */
export function speaker(language) {
  return (key, params = {}, count) => {
    const text = key.split('.').reduce((at, part) => at?.[part], known[language])
    if (typeof text !== 'string') throw new Error(`No words for ${key} in ${language}`)
    const forms = text.split(' | ')
    const form = count === undefined || forms.length === 1 ? forms[0] : forms.length === 2 ? forms[count === 1 ? 0 : 1] : forms[Math.min(count, 2)]
    return form.replace(/\{'(.)'\}/g, '$1').replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole))
  }
}
