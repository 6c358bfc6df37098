import { describe, expect, it } from 'vitest'
import { hasBand, nearest, pointAt, summary, usualStep, wholeSteps, withGaps, type ChartPoint } from './series'

const at = (ts: number, value = ts): ChartPoint => [ts, value, value, value, 1]

describe('a series with an outage', () => {
  const points = [at(0), at(10), at(20), at(100), at(110)]

  it('knows its usual step in spite of the outage', () => {
    expect(usualStep([10, 10, 80, 10], 2)).toBe(10)
  })

  it('shows the outage as a hole, never as a line', () => {
    expect(withGaps(points, (point) => point[2])).toEqual([[0, 0], [10, 10], [20, 20], [21, null], [100, 100], [110, 110]])
  })

  it('does not call a bucket-wide distance a gap', () => {
    expect(withGaps(points, (point) => point[2], 40).some(([, value]) => value === null)).toBe(false)
  })
})

it('does not take another rhythm for an outage', () => {
  const slow = [0, 60, 120, 180, 240].map((ts) => at(ts))
  const fast = [300, 304, 308, 312, 316, 320, 324, 328].map((ts) => at(ts))
  expect(withGaps([...slow, ...fast], (point) => point[2]).some(([, value]) => value === null)).toBe(false)
})

it('finds the nearest point on either side', () => {
  const points = [at(0), at(10), at(20)]
  expect(nearest(points, 14)?.[0]).toBe(10)
  expect(nearest(points, 16)?.[0]).toBe(20)
  expect(nearest(points, -5)?.[0]).toBe(0)
  expect(nearest(points, 99)?.[0]).toBe(20)
  expect(nearest([], 1)).toBeUndefined()
})

describe('what a moment stands on', () => {
  const points = [1000, 1010, 1020, 1030, 1040, 1200, 1210, 1220, 1230, 1240, 1500].map((ts) => at(ts))
  const ts = (moment: number, bucket = 0, reach = 2) => pointAt(points, moment, bucket, reach)?.[0]

  it('is the nearest value, where the line passes', () => {
    expect([ts(1004), ts(1006), ts(1020), ts(1235.1)]).toEqual([1000, 1010, 1020, 1240])
  })

  it('is nothing in a gap and before the first value', () => {
    expect([ts(900), ts(997), ts(1050), ts(1190), ts(1400), ts(1503)]).toEqual(Array(6).fill(undefined))
  })

  it('is a value that stands alone, for whoever comes near it', () => {
    expect([ts(1498), ts(1502), ts(999)]).toEqual([1500, 1500, 1000])
    expect(pointAt([at(5)], 6, 0, 2)?.[0]).toBe(5)
    expect(pointAt([], 6, 0, 2)).toBeUndefined()
  })

  it('is the bucket that holds it, and none before it', () => {
    expect([ts(1509, 10), ts(1511, 10), ts(1491, 10)]).toEqual([1500, undefined, undefined])
  })
})

it('sums up with the true extremes, not the averages', () => {
  expect(summary([[0, 1, 5, 9, 4], [1, 2, 3, 4, 2]])).toEqual({ min: 1, max: 9, last: 3, count: 6 })
  expect(summary([])).toBeUndefined()
  expect(hasBand([[0, 1, 5, 9, 4]])).toBe(true)
  expect(hasBand([at(1)])).toBe(false)
})

describe('an axis that a limit widens', () => {
  it('ends at whole steps', () => {
    expect(wholeSteps(24.83, 31.2, 4)).toEqual({ min: 24, max: 32 })
    expect(wholeSteps(-0.37, 0.11, 4)).toEqual({ min: -0.4, max: 0.2 })
    expect(wholeSteps(1_013, 98_700, 4)).toEqual({ min: 0, max: 120_000 })
  })

  it('holds everything, in about as many steps', () => {
    for (let round = 1; round < 500; round += 1) {
      const lowest = Math.sin(round) * 10 ** (round % 9 - 3)
      const highest = lowest + Math.abs(Math.cos(round)) * 10 ** (round % 7 - 2) + 0.001
      const { min, max } = wholeSteps(lowest, highest, 4)
      expect(min).toBeLessThanOrEqual(lowest)
      expect(max).toBeGreaterThanOrEqual(highest)
      expect((max - min) / (highest - lowest)).toBeLessThan(3.5)
    }
  })

  it('leaves ends alone that have nothing between them', () => {
    expect(wholeSteps(5, 5, 4)).toEqual({ min: 5, max: 5 })
  })
})
