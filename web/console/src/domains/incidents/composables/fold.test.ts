import { expect, test } from 'vitest'
import { fold, type Entry } from './fold'

const story = (...kinds: string[]): Entry[] => kinds.map((kind, at) => ({ id: `${at}`, kind }))
const many = (kind: string, count: number) => Array.from({ length: count }, () => kind)
/** `0 (1-4) 5`: what is shown, and the rows between. */
const told = (entries: Entry[], ...opened: string[]) =>
  fold(entries, new Set(opened))
    .map((part) => ('hidden' in part ? `(${part.hidden[0]?.id}-${part.hidden.at(-1)?.id})` : part.entry.id))
    .join(' ')

test('a short story is told whole', () => {
  expect(told([])).toBe('')
  expect(told(story('opened'))).toBe('0')
  expect(told(story('opened', 'finding', 'acknowledged', 'commented', 'resolved'))).toBe('0 1 2 3 4')
  expect(told(story('opened', ...many('commented', 12)))).toBe('0 1 2 3 4 5 6 7 8 9 10 11 12')
})

test('of a long one the beginning and the end are told, and the middle when it is asked for', () => {
  const long = story('opened', ...many('commented', 63))
  expect(told(long)).toBe('0 (1-53) 54 55 56 57 58 59 60 61 62 63')
  expect(told(long, '1').split(' ')).toHaveLength(64)
})

test('the newest of many findings stand for the others, and what people did between them stays', () => {
  expect(told(story('opened', ...many('finding', 7)))).toBe('0 (1-4) 5 6 7')
  expect(told(story('opened', 'finding', 'finding', 'finding', 'acknowledged', 'finding', 'finding', 'finding', 'finding', 'finding'))).toBe('0 (1-3) 4 5 6 7 8 9')
})

test('a row of one or two is not worth folding', () => {
  expect(told(story('opened', ...many('finding', 5)))).toBe('0 1 2 3 4 5')
})

test('an unfolded row stays so when the story goes on', () => {
  const before = story('opened', ...many('finding', 8))
  expect(told(before)).toBe('0 (1-5) 6 7 8')
  expect(told(story('opened', ...many('finding', 9)), '1').split(' ')).toHaveLength(10)
})

test('nothing is lost or told twice', () => {
  const long = story('opened', ...many('finding', 20), 'commented', ...many('finding', 9), ...many('commented', 30), 'resolved')
  const all = fold(long, new Set()).flatMap((part) => ('hidden' in part ? part.hidden : [part.entry]))
  expect(all).toEqual(long)
  const parts = fold(long, new Set())
  expect(new Set(parts.map(({ id }) => id)).size).toBe(parts.length)
})
