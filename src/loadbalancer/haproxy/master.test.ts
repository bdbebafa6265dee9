import { describe, expect, it } from 'vitest'
import { parseProcesses } from './master.ts'
import { refusedSockets } from '../sockets.ts'

const HEADER = '#<PID>          <type>          <reloads>       <uptime>        <version>'

describe('what a master says', () => {
  it('is its worker and those from before, the youngest first', () => {
    const answer = `${HEADER}
1162            master          5               0d00h02m07s     2.6.12
# workers
1271            worker          1               0d00h00m00s     2.6.12
# old workers
1233            worker          3               0d00h00m43s     2.6.12
1250            worker          2               0d00h00m13s     2.6.12
# programs`
    expect(parseProcesses(answer)).toEqual({
      processId: 1162,
      reloads: 5,
      failedReloads: 0,
      worker: 1271,
      oldWorkers: [1250, 1233],
    })
  })

  it('is that reloads failed, and that there is no worker', () => {
    const answer = `${HEADER}\n1162            master          5 [failed: 1]   0d00h02m07s     3.0.11\n# workers\n# programs`
    expect(parseProcesses(answer)).toEqual({ processId: 1162, reloads: 5, failedReloads: 1, oldWorkers: [] })
  })

  it('is nothing, if it is something else', () => expect(parseProcesses('Unknown command')).toBeUndefined())

  it('are the sockets that it could not have', () =>
    expect(
      refusedSockets(
        'Starting frontend l1: cannot bind socket (Address already in use) for [127.0.0.1:80]; [haproxy.main()] cannot bind (Permission denied) [::1:443]',
      ),
    ).toEqual(['127.0.0.1:80', '::1:443']))
})
