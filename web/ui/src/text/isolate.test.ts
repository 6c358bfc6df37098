import { expect, test } from 'vitest'
import { isolate } from './isolate'

test('a name that runs as the text around it does stays as it is', () => {
  for (const name of ['Bread oven', 'Four à pain n° 4', '温度计 3', '#12', '']) expect(isolate(name)).toBe(name)
})

test('a name that runs the other way is kept to itself', () => {
  expect(isolate('فرن الخبز')).toBe('\u2068فرن الخبز\u2069')
  expect(isolate('תנור')).toBe('\u2068תנור\u2069')
  expect(isolate('live \u202eoverride')).toBe('\u2068live \u202eoverride\u2069')
})

test('a name cannot break out of its isolation', () => {
  expect(isolate('a\u2069\u202eb')).toBe('\u2068a\u202eb\u2069')
  expect(isolate('\u2066a\u2067b')).toBe('\u2068ab\u2069')
})
