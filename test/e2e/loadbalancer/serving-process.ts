/**
 * What `longshore balancer` serves with, as a process of its own in the network of a test: `serving-process.ts <directory> <program>`. Each message
 * from its parent is a routing table; what it would tell the control plane, it tells its parent. With `end` it ends what was left behind.
 */
import type { BalancerClient } from '../../../src/agentlink/balancer-client.ts'
import { SystemClock } from '../../../src/kit/clock.ts'
import { SystemIds } from '../../../src/kit/ids.ts'
import { silentLog } from '../../../src/kit/log.ts'
import { Serving } from '../../../src/roles/balancer/serving.ts'
import { versionOf } from './haproxy-under-test.ts'
import { unpackTable } from './packed-table.ts'

const [, , directory = '', program = '', command] = process.argv
const serving = new Serving({
  directory,
  program,
  version: versionOf(program),
  pool: undefined,
  sharedAddress: '127.0.0.1',
  clock: new SystemClock(),
  ids: new SystemIds(),
  log: silentLog,
})
if (command === 'end') {
  await serving.end()
  process.exit()
} else {
  const client: Pick<BalancerClient, 'send' | 'stop'> = {
    send: (message) => process.send?.(message) ?? true,
    stop: () => {},
  }
  serving.reportTo(client as BalancerClient)
  await serving.start()
  let revision = 0
  const welcome = { cookieKey: 'a key for tests', suffix: 'localhost' }
  process.on('message', (text: string) =>
    serving.told({ table: unpackTable(text), isFirst: true, changes: [], revision: ++revision, welcome }),
  )
  process.once('disconnect', () => process.exit())
  process.send?.({ type: 'ready' })
}
