/**
 * Resident memory of a server and of an agent that have nothing to do, against an empty Node process: a `longshore up` with an agent on a
 * real Docker Engine, connected, some seconds after its start. A start before has filled Node's compile cache, as every start but the
 * first finds it.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEngine } from '../test/e2e/engine.ts'
import { connectedInstance, startLongshore } from '../test/e2e/longshore.ts'
import { comparePairs } from './lib/compare.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'

const SETTLE_MS = 5000
const PAIRS = 5
const BYTES_PER_MB = 1e6

const engine = await startEngine()
const cache = scratchDirectory()

const residentMB = (processId: number | undefined): number => {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8')
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / BYTES_PER_MB
}

const idleRole = (role: 'server' | 'agent') => async (): Promise<number> => {
  const longshore = await startLongshore({ dockerSocket: engine.socket, env: { NODE_COMPILE_CACHE: cache } })
  try {
    await connectedInstance(longshore.client)
    await sleep(SETTLE_MS)
    return residentMB(longshore.processId(role))
  } finally {
    await longshore.stop()
  }
}

const idleNode = async (): Promise<number> => {
  const node = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'])
  try {
    await sleep(SETTLE_MS)
    return residentMB(node.pid)
  } finally {
    node.kill()
  }
}

const shared = { unit: 'MB', rival: idleNode, rivalName: 'empty Node process', pairs: PAIRS }
try {
  report([
    await comparePairs({
      ...shared,
      question: 'resident memory of an idle server',
      ours: idleRole('server'),
      goal: { atMost: 2.2 },
    }),
    await comparePairs({
      ...shared,
      question: 'resident memory of an idle agent, connected, on Docker',
      ours: idleRole('agent'),
      goal: { atMost: 1.75 },
    }),
  ])
} finally {
  await engine.stop()
}
