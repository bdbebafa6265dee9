/**
 * A balancer as a process of its own, to be killed: `balancer-process.ts <directory> <program>`. Each message from its parent is a routing table
 * as pairs; it answers with the revision when that is served.
 */
import { SystemClock } from '../../../src/kit/clock.ts'
import { SystemIds } from '../../../src/kit/ids.ts'
import { silentLog } from '../../../src/kit/log.ts'
import { Balancer } from '../../../src/loadbalancer/balancer.ts'
import { renderConfiguration } from '../../../src/loadbalancer/configuration/render.ts'
import { versionOf } from './haproxy-under-test.ts'
import { unpackTable } from './packed-table.ts'

const run = async (directory: string, program: string): Promise<void> => {
  const balancer = new Balancer({
    directory,
    program,
    version: versionOf(program),
    render: renderConfiguration,
    host: () => ({ maximumConnections: 2000, cookieKey: 'a key for tests', jsonWebKeys: new Map() }),
    events: {
      applied: (revision) => void process.send?.(revision),
      targetHealth: () => {},
      loadBalancer: () => {},
    },
    clock: new SystemClock(),
    ids: new SystemIds(),
    log: silentLog,
  })
  await balancer.start()
  let revision = 0
  process.on('message', (text: string) => balancer.apply(unpackTable(text), ++revision))
  process.send?.('ready')
}

const [, , directory, program] = process.argv
if (process.send !== undefined && directory !== undefined && program !== undefined) await run(directory, program)
