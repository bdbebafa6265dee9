import { expect, it } from 'vitest'
import { visible } from './visible.ts'

it('shows what would otherwise steer a terminal, and leaves the rest', () => {
  expect(visible('a\nb\u001b[2Jc\u009bd\u202ee\u2028')).toBe('a\\u000ab\\u001b[2Jc\\u009bd\\u202ee\\u2028')
  expect(visible('Grüße, 世界 🚀 "\\"')).toBe('Grüße, 世界 🚀 "\\"')
})
