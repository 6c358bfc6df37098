import { afterEach, describe, expect, it } from 'vitest'
import { setUiLocale } from '../text'
import { en } from '../text/en'
import { fr } from '../text/fr'
import { formatAgo, formatExact } from './index'

afterEach(() => setUiLocale('en', en))

describe('an exact number', () => {
  it.each([
    [0, '0'],
    [0.1, '0.1'],
    [1 / 3, '0.3333333333333333'],
    [0.1 + 0.2, '0.30000000000000004'],
    [-1234567.25, '-1,234,567.25'],
    [9007199254740991, '9,007,199,254,740,991'],
    [0.000001, '0.000001'],
    [1e-12, '1E-12'],
    [1.2345678901234567e-9, '1.2345678901234566E-9'],
    [1e21, '1E21'],
    [5e-324, '5E-324'],
    [Number.MAX_VALUE, '1.7976931348623157E308'],
  ])('%s is written as %s', (value, text) => {
    expect(formatExact(value)).toBe(text)
    expect(Number(text.replaceAll(',', ''))).toBe(value)
  })

  it('is written as the reader writes it', () => {
    setUiLocale('fr-FR', fr)
    expect(formatExact(1234.5)).toBe('1\u202f234,5')
    expect(formatExact(1.5e21)).toBe('1,5E21')
  })
})

describe('an age', () => {
  const now = new Date(2026, 2, 31, 10).getTime()
  it.each([
    [new Date(2026, 2, 31, 9, 59, 58), 'just now'],
    [new Date(2026, 2, 31, 9, 30), '30 min. ago'],
    [new Date(2026, 2, 30, 23), '11 hr. ago'],
    [new Date(2026, 2, 30, 9), 'yesterday'],
    [new Date(2026, 2, 29, 11), '2 days ago'],
    [new Date(2026, 2, 29, 9), '2 days ago'],
    [new Date(2026, 2, 1), '30 days ago'],
    [new Date(2026, 1, 28, 9), '1 mo. ago'],
    [new Date(2026, 1, 15), '1 mo. ago'],
    [new Date(2026, 0, 31, 9), '2 mo. ago'],
    [new Date(2025, 3, 1), '11 mo. ago'],
    [new Date(2025, 2, 31, 9), '1 yr. ago'],
    [new Date(2024, 3, 1), '1 yr. ago'],
    [new Date(2024, 2, 31, 9), '2 yr. ago'],
    [new Date(2026, 2, 31, 10, 30), 'in 30 min.'],
    [new Date(2026, 3, 1, 11), 'tomorrow'],
    [new Date(2026, 3, 2, 9), 'in 2 days'],
    [new Date(2026, 4, 31, 11), 'in 2 mo.'],
  ])('of %s is %s', (at, text) => {
    expect(formatAgo(at, now)).toBe(text === 'just now' ? en.justNow : text)
  })

  it('calls only the day before today yesterday, in French as well', () => {
    setUiLocale('fr-FR', fr)
    expect(formatAgo(new Date(2026, 2, 29, 11), now)).toMatch(/^il y a 2\s/)
    expect(formatAgo(new Date(2026, 2, 30, 9), now)).toBe('hier')
  })

  it('of nothing is a dash', () => expect(formatAgo('never', now)).toBe('–'))
})
