import { expect, test } from 'vitest'
import { fitting, stillListed } from './table'

const columns = [
  { key: 'name', width: 'minmax(10rem,1fr)' },
  { key: 'values', width: 'minmax(10rem,2fr)', gives: 2 },
  { key: 'seen', width: '7rem', gives: 1 },
]
const kept = (room: number) => fitting(columns, room, 0.75).map(({ key }) => key)

test('columns give way one by one, the least needed first, until the rest fits', () => {
  expect(kept(28.5)).toEqual(['name', 'values', 'seen'])
  expect(kept(28.4)).toEqual(['name', 'seen'])
  expect(kept(17.75)).toEqual(['name', 'seen'])
  expect(kept(17.7)).toEqual(['name'])
})

test('what never gives way stays in a table that is too narrow even for it', () => {
  expect(kept(0)).toEqual(['name'])
  expect(fitting([], 0, 0.75)).toEqual([])
})

test('what is no longer in the list is no longer chosen', () => {
  expect([...stillListed(new Set(['a', 'b', 'c']), ['c', 'd', 'a'])]).toEqual(['a', 'c'])
  expect(stillListed(new Set(['a']), []).size).toBe(0)
})
