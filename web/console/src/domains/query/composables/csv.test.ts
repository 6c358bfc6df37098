import { expect, it } from 'vitest'
import { csv } from './csv'

it('quotes what needs it and disarms formulas', () => {
  const text = csv({ columns: [{ name: 'name', type: 'text' }, { name: 'v', type: 'number' }], rows: [['a, "b"', -1.5], ['=HYPERLINK("x")', null]], truncated: false, warnings: [], warning_phrases: [], elapsed_ms: 1 })
  expect(text).toBe('name,v\r\n"a, ""b""",-1.5\r\n"\'=HYPERLINK(""x"")",\r\n')
})
