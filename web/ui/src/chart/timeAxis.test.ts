import { describe, expect, it } from 'vitest'
import { tickFormat, timeTicks } from './timeAxis'

const at = (...parts: [number, number, number, number?, number?, number?]) => new Date(...(parts as [number, number, number])).getTime()
const clock = (ticks: number[]) => ticks.map((ts) => new Date(ts).toTimeString().slice(0, 5))
const minute = 60_000

describe('the labels of a time axis', () => {
  it('stand at even steps of the clock', () => {
    expect(clock(timeTicks(at(2026, 10, 22, 9, 11, 20), at(2026, 10, 22, 9, 26), 8).at)).toEqual(['09:12', '09:14', '09:16', '09:18', '09:20', '09:22', '09:24', '09:26'])
    expect(clock(timeTicks(at(2026, 10, 22, 9, 11, 20), at(2026, 10, 22, 9, 26), 4).at)).toEqual(['09:15', '09:20', '09:25'])
    expect(clock(timeTicks(at(2026, 10, 22, 9, 11), at(2026, 10, 23, 9, 11), 10).at)).toEqual(['12:00', '15:00', '18:00', '21:00', '00:00', '03:00', '06:00', '09:00'])
  })

  it('are never more than fit, and never none', () => {
    for (let span = 1000; span < 40 * 365 * 24 * 60 * minute; span *= 1.7) {
      const from = at(2026, 10, 22, 9, 11, 20)
      for (const most of [1, 3, 7, 14]) expect(timeTicks(from, from + span, most).at.length).toBeLessThanOrEqual(most)
      expect(timeTicks(from, from + span, 7).at.length).toBeGreaterThan(1)
    }
  })

  it('count days and months on the calendar', () => {
    const week = timeTicks(at(2026, 10, 19, 15), at(2026, 10, 26, 15), 8)
    expect(week.at).toEqual([20, 21, 22, 23, 24, 25, 26].map((date) => at(2026, 10, date)))
    expect(timeTicks(at(2026, 9, 20), at(2027, 1, 20), 5).at).toEqual([at(2026, 10, 1), at(2026, 11, 1), at(2027, 0, 1), at(2027, 1, 1)])
    expect(timeTicks(at(2026, 9, 20), at(2026, 10, 20), 5).at.map((ts) => new Date(ts).getDay())).toEqual([1, 1, 1, 1])
  })

  it('say the day where a new one begins', () => {
    const span = 24 * 60 * minute
    expect(tickFormat(at(2026, 10, 23), 180 * minute, span)).toEqual({ day: 'numeric', month: 'short' })
    expect(tickFormat(at(2026, 10, 23, 3), 180 * minute, span)).toEqual({ hour: '2-digit', minute: '2-digit' })
    expect(tickFormat(at(2026, 10, 23, 3), 5000, minute)).toHaveProperty('second')
  })
})
