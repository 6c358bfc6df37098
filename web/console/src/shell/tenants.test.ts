import { expect, it } from 'vitest'
import { tenantItems } from './tenants'

const acme = { id: 'a', name: 'Acme', role: 'owner', current: true } as const
const beta = { id: 'b', name: 'Beta', role: 'viewer', current: false } as const

it('offers nothing to who belongs to one tenant', () => {
  expect(tenantItems([acme], 'Your organisations', () => undefined)).toEqual([])
  expect(tenantItems(undefined, 'Your organisations', () => undefined)).toEqual([])
})

it('lists all tenants, marks the current one and goes to another', () => {
  const gone: string[] = []
  const items = tenantItems([acme, beta], 'Your organisations', (id) => gone.push(id))
  expect(items.map(({ label, checked }) => [label, checked])).toEqual([['Your organisations', undefined], ['Acme', true], ['Beta', false]])
  items.forEach((item) => item.run?.())
  expect(gone).toEqual(['b'])
})
