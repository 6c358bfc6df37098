import { describe, expect, it, vi } from 'vitest'
import { setUiLocale } from '@smartsecurity/ui/text'
import { en as enWords } from '@smartsecurity/ui/text/en'
import { fr as frWords } from '@smartsecurity/ui/text/fr'
import en from '@smartsecurity/client/phrases.json'
import fr from './fr.json'
import { loadPhrases, say, sayEach, saySentence } from './index'

const names = (text: string) => [...new Set([...text.matchAll(/\{([a-z][a-z0-9_]*)\}/g)].map((match) => match[1]))].sort()

describe('every sentence of the server', () => {
  it('is there in French', () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort())
  })

  it.each(Object.entries(en))('%s says the same facts in French', (code, text) => {
    expect(names(fr[code as keyof typeof fr])).toEqual(names(text))
  })
})

describe('a sentence', () => {
  const rhythm = { code: 'quiet_since_overdue', params: { last_at: '2026-11-22T09:54:06Z', usual_s: 90 } }

  it('is said in the reader’s language, with figures as it writes them', async () => {
    await loadPhrases('fr')
    setUiLocale('fr-FR', frWords)
    expect(say(rhythm, '')).toMatch(/^dernier message\s: .*22 nov.*, d’habitude toutes les 1\smin 30\ss$/)
    expect(say({ code: 'mqtt_filter_too_long', params: { most: 1024.5 } }, '')).toBe('le filtre dépasse 1\u202f024,5 octets')
    await loadPhrases('en')
    setUiLocale('en', enWords)
    expect(say(rhythm, 'as the server says it')).toBe('as the server says it')
    await vi.waitFor(() => expect(say(rhythm, '')).not.toBe(''))
    expect(say(rhythm, '')).toMatch(/^last message .*Nov.*, usually every 1\smin 30\ss$/)
  })

  it('shows moments as dates and lists one after the other', async () => {
    await loadPhrases('en')
    await vi.waitFor(() => expect(say({ code: 'goodbye', params: {} }, '')).not.toBe(''))
    const before = say({ code: 'timestamp_before_2000', params: { meant_at: '1999-01-02T03:04:05Z' } }, '')
    expect(before).toMatch(/1999.*before the year 2000/)
    expect(before).not.toContain('T03:04')
    const goodbye = { code: 'goodbye', params: {} }
    expect(say({ code: 'type_conflicts', params: { conflicts: [goodbye, goodbye] } }, '')).toBe('the client said goodbye. the client said goodbye.')
  })

  it('is the server’s own when it has no code, or one that we do not know', () => {
    expect(say(null, 'as it was')).toBe('as it was')
    expect(say({ code: 'of_the_next_version', params: {} }, 'as it was')).toBe('as it was')
    expect(sayEach(['first', 'second'], [null, null])).toEqual(['First.', 'Second.'])
  })

  it('begins with a capital and ends with a point when it stands alone', () => {
    expect(saySentence(null, 'the rule is broken')).toBe('The rule is broken.')
    expect(saySentence(null, undefined)).toBeUndefined()
  })

  it('leaves the name that it begins with as it is', async () => {
    const conflict = { code: 'type_conflict', params: { field: 'ts', has: 'number', profile: 'oven', came: 'text', column: 'ts__text' } }
    const english = 'ts is a number in the profile oven, but came as text; it is kept as ts__text'
    await loadPhrases('en')
    expect(saySentence(conflict, english)).toBe(`${english}.`)
    await vi.waitFor(() => expect(say({ code: 'type_conflicts', params: { conflicts: [conflict] } }, '')).toBe(`${english}.`))
    expect(saySentence({ code: 'type_conflicts', params: { conflicts: [conflict] } }, '–')).toBe(`${english}.`)
    expect(saySentence({ code: 'x', params: { field: 'th' } }, 'the field is th')).toBe('The field is th.')
    await loadPhrases('fr')
    expect(saySentence(conflict, english)).toMatch(/^Le champ ts est de type number/)
    await loadPhrases('en')
  })
})
