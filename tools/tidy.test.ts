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

  it('refuses to load an SDK client outside the command line, but not its types', () => {
    const sdk = "'@aws-sdk/client-ecs'"
    expect(tidy([aFile('src/wire/json.ts', `import { LogDriver } from ${sdk}`)])).toHaveLength(1)
    expect(tidy([aFile('src/wire/json.ts', `import { type Task } from ${sdk}`)])).toHaveLength(1)
    expect(tidy([aFile('src/wire/json.ts', `import * as ecs from ${sdk}`)])).toHaveLength(1)
    expect(tidy([aFile('src/wire/json.ts', `const ecs = await import(${sdk})`)])).toHaveLength(1)
    expect(tidy([aFile('src/wire/json.ts', `import type {\n  Task,\n} from ${sdk}`)])).toEqual([])
    expect(tidy([aFile('src/wire/json.ts', `const enums = sdkEnums<typeof import(${sdk})>()`)])).toEqual([])
    expect(tidy([aFile('src/cli/status.ts', `import { ECSClient } from ${sdk}`)])).toEqual([])
  })

  it('refuses to load node:http with its second client', () => {
    expect(tidy([aFile('src/wire/listener.ts', "import { createServer } from 'node:http'")])).toHaveLength(1)
    expect(tidy([aFile('src/wire/listener.ts', "import type { Server } from 'node:http'")])).toEqual([])
  })

  it('asks for a header, a kebab-case name and a bounded length', () => {
    const long = { path: 'src/kit/badName.ts', text: '\n'.repeat(500) }
    expect(tidy([long])).toHaveLength(3)
  })
})
