import { describe, expect, it } from 'vitest'
import { coveragePage } from './coverage.ts'

const aModel =
  (...names: string[]) =>
  () =>
    Object.fromEntries(names.map((name) => [`${name}$`, [9, 'test', name, 0, 'unit', 'unit']]))

describe('the coverage page', () => {
  it('lists what has a handler and what has none, by service', () => {
    const page = coveragePage([
      { name: 'zoo', model: aModel('Feed'), operations: new Set(['Feed']), protocols: ['query'] },
      { name: 'ark', model: aModel('Sail', 'Board', 'Land'), operations: new Set(['Board']), protocols: ['json-1.1'] },
    ])
    expect(page.indexOf('## ark')).toBeLessThan(page.indexOf('## zoo'))
    expect(page).toContain(
      '1 of 3 operations. Protocols: json-1.1.\n\n### Implemented\n\n- `Board`\n\n### Not implemented\n\n- `Land`\n- `Sail`\n',
    )
    expect(page).toMatch(/## zoo\n\n1 of 1 operations\. Protocols: query\.\n\n### Implemented\n\n- `Feed`\n$/)
  })

  it('only counts what a service lacks that lacks hundreds', () => {
    const names = Array.from({ length: 300 }, (_, index) => `Do${index}`)
    const page = coveragePage([
      { name: 'all', model: aModel(...names), operations: new Set(['Do7']), protocols: ['ec2-query'] },
    ])
    expect(page).toContain('1 of 300 operations. Protocols: ec2-query.\n\n### Implemented\n\n- `Do7`\n')
    expect(page).toMatch(/### Not implemented\n\nThe other 299 operations\.\n$/)
  })
})
