import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTree, tidy } from './tidy.ts'

const aFile = (file: string, body = '') => ({ path: file, text: `/** A header. */\n${body}` })

describe('tidy', () => {
  it('finds nothing to say about this repository', () => {
    expect(tidy(readTree(path.join(import.meta.dirname, '..')))).toEqual([])
  })

  it('lets a layer import what stands below it', () => {
    expect(tidy([aFile('src/services/ecs/index.ts', "import { Store } from '../../store/store.ts'")])).toEqual([])
  })

  it('refuses an import that goes up', () => {
    expect(tidy([aFile('src/store/store.ts', "import type { X } from '../services/operations.ts'")])).toEqual([
      'src/store/store.ts: store must not import services (src/services/operations.ts)',
    ])
  })

  it('refuses an import from one service to another', () => {
    expect(tidy([aFile('src/services/ecs/index.ts', "import { x } from '../sts/index.ts'")])).toHaveLength(1)
  })

  it('sees dynamic imports and re-exports', () => {
    const body = "export { x } from '../agent/agent.ts'\nconst y = await import('../cli/index.ts')"
    expect(tidy([aFile('src/store/store.ts', body)])).toHaveLength(2)
  })

  it('asks for a header, a kebab-case name and a bounded length', () => {
    const long = { path: 'src/kit/badName.ts', text: '\n'.repeat(500) }
    expect(tidy([long])).toHaveLength(3)
  })
})
