import { describe, expect, it } from 'vitest'
import {
  cpuNanoseconds,
  groupFiles,
  hostNanoseconds,
  memoryBytes,
  networkCounters,
  storageBytes,
} from './kernel-files.ts'

const ID = 'c0ffee'

describe('the files of a container', () => {
  it('are in the group of each controller in version 1', () => {
    const membership = [`12:blkio:/docker/${ID}`, `5:cpu,cpuacct:/docker/${ID}`, `4:memory:/docker/${ID}`, ''].join(
      '\n',
    )
    expect(groupFiles('1', ID, membership)).toEqual({
      cpu: `/cpuacct/docker/${ID}/cpuacct.usage`,
      memory: `/memory/docker/${ID}/memory.usage_in_bytes`,
      memoryStat: `/memory/docker/${ID}/memory.stat`,
      storage: `/blkio/docker/${ID}/blkio.throttle.io_service_bytes_recursive`,
    })
  })

  it('are in one group in version 2, whoever made it', () => {
    const scope = `/system.slice/docker-${ID}.scope`
    expect(groupFiles('2', ID, `0::${scope}\n`)).toEqual({
      cpu: `${scope}/cpu.stat`,
      memory: `${scope}/memory.current`,
      memoryStat: `${scope}/memory.stat`,
      storage: `${scope}/io.stat`,
    })
  })

  it('are not those of a process that is another in the namespace of this one', () => {
    expect(groupFiles('2', ID, '0::/user.slice/user-1000.slice\n')).toBeUndefined()
    expect(groupFiles('1', ID, `4:memory:/docker/${ID}\n`)).toBeUndefined()
    expect(groupFiles('1', ID, '')).toBeUndefined()
  })
})

describe('what they say', () => {
  it('is processor time in nanoseconds', () => {
    expect(cpuNanoseconds('1', '8948422\n')).toBe(8_948_422)
    expect(cpuNanoseconds('2', 'usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n')).toBe(1_500_000)
  })

  it('is memory without the page cache', () => {
    expect(memoryBytes('1', '1000\n', 'cache 300\nrss 700\ntotal_cache 999\n')).toBe(700)
    expect(memoryBytes('2', '1000\n', 'anon 600\nfile 400\ninactive_file 250\n')).toBe(750)
    expect(memoryBytes('2', '100\n', 'anon 0\ninactive_file 250\n')).toBe(0)
    expect(memoryBytes('2', '100\n', 'anon 100\n')).toBe(100)
  })

  it('is what was read from and written to every device', () => {
    const one = '8:0 Read 4096\n8:0 Write 512\n8:0 Total 4608\n8:16 Read 4\n8:16 Write 1\nTotal 4613\n'
    expect([storageBytes('1', one, 'read'), storageBytes('1', one, 'write')]).toEqual([4100, 513])
    const two = '8:0 rbytes=4096 wbytes=512 rios=1 wios=1 dbytes=9 dios=1\n8:16 rbytes=4 wbytes=1 rios=1 wios=1\n'
    expect([storageBytes('2', two, 'read'), storageBytes('2', two, 'write')]).toEqual([4100, 513])
    expect(storageBytes('1', 'Total 0\n', 'read')).toBe(0)
  })

  it('is the traffic of all interfaces but the loopback', () => {
    const text = [
      'Inter-|   Receive                                                |  Transmit',
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
      '    lo:  999      9    9    9    0     0          0         0      999       9    9    9    0     0       0          0',
      '  eth0:  100     10    1    2    0     0          0         0      200      20    3    4    0     0       0          0',
      '  eth1:    1      1    0    0    0     0          0         0        2       2    0    0    0     0       0          0',
      '',
    ].join('\n')
    expect(networkCounters(text)).toEqual({
      rxBytes: 101,
      rxPackets: 11,
      rxErrors: 1,
      rxDropped: 2,
      txBytes: 202,
      txPackets: 22,
      txErrors: 3,
      txDropped: 4,
    })
  })

  it('is the processor time of the host, guests not counted twice', () => {
    expect(hostNanoseconds('cpu  1 2 3 4 5 6 7 8 100 100\ncpu0 1 2 3\n')).toBe(36 * 1e7)
  })
})
