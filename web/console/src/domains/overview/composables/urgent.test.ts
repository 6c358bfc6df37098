import { expect, it } from 'vitest'
import type { Incident, IncidentPage, Severity } from '@smartsecurity/client'
import { mostUrgent, type Wish } from './urgent'

const incidents = (severity: Severity, status: Incident['status'], ...numbers: number[]) => numbers.map((number) => ({ id: String(number), number, severity, status }) as Incident)

/** As the server answers: the newest first, and the counts of all. */
function server(all: Incident[]) {
  const asked: Wish[] = []
  const count = (is: (incident: Incident) => boolean) => all.filter(is).length
  const severities = [...new Set(all.map(({ severity }) => severity))]
  const counts = { open: count(({ status }) => status === 'open'), acknowledged: count(({ status }) => status === 'acknowledged'), resolved: 0, active_by_severity: Object.fromEntries(severities.map((each) => [each, count(({ severity }) => severity === each)])) }
  const read = async (wish: Wish) => {
    asked.push(wish)
    const items = all.filter(({ severity, status }) => severity === wish.severity && status === wish.status).sort((a, b) => b.number - a.number)
    return { items: items.slice(0, wish.limit), counts } as IncidentPage
  }
  return { read, asked }
}

it('puts two Critical ones above 250 newer High ones', async () => {
  const { read, asked } = server([...incidents('critical', 'open', 1, 2), ...incidents('high', 'open', ...Array.from({ length: 250 }, (_, at) => at + 3))])
  const found = await mostUrgent(read, 8)
  expect(found.map(({ number }) => number)).toEqual([2, 1, 252, 251, 250, 249, 248, 247])
  expect(asked).toHaveLength(2)
})

it('puts what nobody has taken up above what somebody has, within one severity', async () => {
  const { read } = server([...incidents('low', 'open', 9), ...incidents('high', 'acknowledged', 8), ...incidents('high', 'open', 1)])
  expect((await mostUrgent(read, 8)).map(({ number }) => number)).toEqual([1, 8, 9])
})

it('asks once when there is nothing', async () => {
  const { read, asked } = server([])
  expect(await mostUrgent(read, 8)).toEqual([])
  expect(asked).toHaveLength(1)
})
