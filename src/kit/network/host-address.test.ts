import { describe, expect, it } from 'vitest'
import { bridgeIpv4Address, defaultInterface } from './host-address.ts'

const HEADER = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT'
const route = (name: string, destination: string, metric: number, mask: string) =>
  [name, destination, '010200C0', '0003', 0, 0, metric, mask, 0, 0, 0].join('\t')

describe('the way to everything that is not near', () => {
  it('is the one that the kernel prefers', () => {
    const table = [
      HEADER,
      route('docker0', '000011AC', 0, '0000FFFF'),
      route('wlan0', '00000000', 600, '00000000'),
      route('eth0', '00000000', 100, '00000000'),
    ]
    expect(defaultInterface(table.join('\n'))).toBe('eth0')
  })

  it('is none on a host that reaches nothing', () => {
    expect(defaultInterface(`${HEADER}\n${route('eth0', '000200C0', 0, '00FFFFFF')}\n`)).toBeUndefined()
    expect(defaultInterface('')).toBeUndefined()
  })
})

describe('the address of a bridge', () => {
  it('is what the system says', async () => {
    const stdout = '5: docker0    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0\\  valid_lft forever'
    expect(await bridgeIpv4Address('docker0', async () => ({ status: 0, stdout, stderr: '' }))).toBe('172.17.0.1')
    const none = { status: 1, stdout: '', stderr: 'Device "docker0" does not exist.' }
    expect(await bridgeIpv4Address('docker0', async () => none)).toBeUndefined()
  })
})
