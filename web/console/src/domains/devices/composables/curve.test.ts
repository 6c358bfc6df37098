import { expect, it } from 'vitest'
import { beginning, evenly, joined } from './curve'

it('puts values into equal steps and leaves the others empty', () => {
  expect(evenly([[0, 1, 1, 1, 1], [5, 3, 3, 3, 1], [95, 7, 7, 7, 1]], 0, 100, 10)).toEqual([2, null, null, null, null, null, null, null, null, 7])
})

it('joins what a slow device sent, but not across an outage', () => {
  expect(joined([0, null, 2, null, 4, null, 6])).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(joined([0, 1, 2, null, null, null, null, 7, 8])).toEqual([0, 1, 2, null, null, null, null, 7, 8])
})

it('begins with the first value of the device, never in the last moments', () => {
  expect(beginning([[[60, 1, 1, 1, 1]], [[40, 1, 1, 1, 1], [90, 1, 1, 1, 1]]], 0, 120)).toBe(40)
  expect(beginning([[[-5, 1, 1, 1, 1]]], 0, 120)).toBe(0)
  expect(beginning([[[119, 1, 1, 1, 1]], []], 0, 120)).toBe(110)
  expect(beginning([], 0, 120)).toBe(110)
})
