import { expect, it } from 'vitest'
import { suggestedLimit } from './limit'

const between = (lowest: number, highest: number) => suggestedLimit([[0, lowest, lowest, lowest, 1], [1, lowest, highest, highest, 2]])

it('suggests a round limit above what is shown', () => {
  expect(between(17.5, 21.2)).toBe(22)
  expect(between(1013, 98_700)).toBe(110_000)
  expect(between(0.012, 0.031)).toBe(0.033)
  expect(between(-20, -18)).toBe(-17)
})

it('has room above what never changes', () => {
  expect(between(44, 44)).toBe(45)
  expect(between(0, 0)).toBe(0.1)
  expect(suggestedLimit([])).toBeUndefined()
})
