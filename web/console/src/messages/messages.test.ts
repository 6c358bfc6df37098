import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'

type Messages = { [key: string]: string | Messages }
const files = import.meta.glob<{ default: Messages }>(['./{en,fr}.ts', '../domains/*/messages/{en,fr}.ts'], { eager: true })

function flat(messages: Messages, prefix = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string][] => (typeof value === 'string' ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`)))
}
const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort()

describe.each(Object.keys(files).filter((path) => path.endsWith('/en.ts')))('%s', (path) => {
  const en = flat(files[path]?.default ?? {})
  const fr = new Map(flat(files[path.replace('/en.ts', '/fr.ts')]?.default ?? {}))

  it('says everything in French too, with the same facts in it', () => {
    expect([...fr.keys()]).toEqual(en.map(([key]) => key))
    for (const [key, text] of en) expect([key, names(fr.get(key) ?? '')]).toEqual([key, names(text)])
  })

  it.each([['en', en], ['fr', [...fr]]] as const)('compiles in %s', (locale, messages) => {
    const { t } = createI18n({ legacy: false, locale, messages: { [locale]: files[path.replace('/en.ts', `/${locale}.ts`)]?.default ?? {} } }).global
    for (const [key, text] of messages) {
      const said = t(key, { count: '2' }, 2)
      expect(said, `${key}: ${text}`).not.toMatch(/[|{}]/)
    }
  })
})
