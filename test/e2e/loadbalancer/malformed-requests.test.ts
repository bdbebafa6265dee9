import { connect } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aCertificatePair } from '../../builders/a-certificate.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'
import { MALFORMED_REQUESTS, type MalformedRequest } from './malformed-requests.ts'
import { MALFORMED_STREAMS } from './malformed-streams.ts'
import { RawTarget } from './raw-target.ts'

const MODES = ['monitor', 'defensive', 'strictest'] as const
type Mode = (typeof MODES)[number]

interface Outcome {
  /** Of the answers to what was sent, but for `100 Continue`. */
  readonly statuses: readonly number[]
  /** Whether another request was answered after it on the same connection. */
  readonly isOpen: boolean
}

const NEXT = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n'
/** With the body that such a target gives, or with a page. */
const FIRST_ANSWER = /HTTP\/1\.1 (?!100)\d+ [^]*?\r\n\r\n/

/** Sends it, and asks for something else once it was answered. */
const converse = async (port: number, bytes: string): Promise<Outcome> => {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  let isAsked = false
  socket.on('error', () => socket.destroy())
  socket.on('data', (data) => {
    answer += data.toString('latin1')
    if (answer.endsWith('\r\n\r\n/next')) socket.destroy()
    else if (!isAsked && FIRST_ANSWER.test(answer)) {
      isAsked = true
      socket.write(NEXT)
    }
  })
  socket.write(bytes, 'latin1')
  await new Promise((resolve) => socket.once('close', resolve))
  const isOpen = answer.endsWith('\r\n\r\n/next')
  const statuses = Array.from(answer.matchAll(/HTTP\/1\.1 (\d+) /g), ([, status]) => Number(status))
  return { statuses: statuses.filter((status) => status !== 100).slice(0, isOpen ? -1 : undefined), isOpen }
}

type Expected = 'passed' | 'passed and closed' | 'refused'

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#desync-mitigation-mode */
const expectedOf = ({ classification, haproxy }: MalformedRequest, mode: Mode): readonly Expected[] => {
  if (haproxy === 'refuses') return ['refused']
  if (haproxy === 'repairs') return ['passed']
  if (haproxy === 'repairs and closes') return [mode === 'monitor' ? 'passed' : 'passed and closed']
  if (haproxy === 'refuses or repairs') return ['passed', 'refused']
  if (classification === 'severe') return ['refused']
  if (classification === 'compliant') return ['passed']
  if (mode === 'strictest') return ['refused']
  return [classification === 'ambiguous' && mode === 'defensive' ? 'passed and closed' : 'passed']
}

/** In monitor mode, what follows on the connection may be anything. */
const outcomeOf = ({ statuses: [first], isOpen }: Outcome, mode: Mode): Expected => {
  if (first !== 200) return 'refused'
  return isOpen || mode === 'monitor' ? 'passed' : 'passed and closed'
}

describe.each(PROGRAMS)('malformed requests, by %s', (program) => {
  describe.each(MODES)('when it is %s', (mode) => {
    let target: RawTarget
    let haproxy: HaproxyUnderTest
    let port: number

    beforeAll(async () => {
      target = await RawTarget.start()
      port = await freePort()
      const table = aRoutingTable({
        port,
        groups: [aGroupRoute('web', [aTargetRoute(target.port)])],
        rules: [aRuleRoute('default', [], [forwardTo('web')])],
        loadBalancer: { attributes: { 'routing.http.desync_mitigation_mode': mode } },
      })
      haproxy = await HaproxyUnderTest.start(program, table, [port])
    })
    beforeEach(() => target.forget())
    afterAll(async () => {
      await haproxy.stop()
      await target.stop()
    })

    it.each(MALFORMED_REQUESTS)('%s', async (_, request) => {
      const { statuses, ...rest } = await converse(port, request.bytes)
      const outcome = outcomeOf({ statuses, ...rest }, mode)
      expect(expectedOf(request, mode)).toContain(outcome)
      const seen = target.requests.map(({ line }) => line).filter((line) => !line.includes(' /next '))
      // No request becomes two: what the target got was answered, each by itself.
      expect(seen).toHaveLength(statuses.filter((status) => status === 200).length)
      expect(mode !== 'monitor' && seen.join().includes('/hidden')).toBe(false)
      const isRefused = outcome === 'refused'
      expect(isRefused && (rest.isOpen || target.bytes !== '')).toBe(false)
      // 422 stands for several codings. Of what is too long, the rest is not read: that may cut the answer off.
      const refusals = request.bytes.length > 65_536 ? [400, undefined] : [400, 422]
      expect(isRefused ? refusals : statuses).toContain(statuses[0])
      const isClosed = target.requests.some(({ headers }) => headers.some(isClosing))
      expect(isClosed).toBe(
        mode === 'defensive' && request.classification === 'ambiguous' && request.haproxy === undefined,
      )
    })
  })

  describe('in HTTP/2', () => {
    let target: RawTarget
    let haproxy: HaproxyUnderTest
    let port: number

    beforeAll(async () => {
      target = await RawTarget.start()
      port = await freePort()
      const pair = await aCertificatePair({ now: Date.now() - 3_600_000 })
      const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/a'
      const table = aRoutingTable({
        port,
        certificates: [{ certificateArn, domainNames: ['a'], chain: pair.certificate, privateKey: pair.key }],
        listener: { protocol: 'HTTPS' },
        groups: [aGroupRoute('web', [aTargetRoute(target.port)])],
        rules: [aRuleRoute('default', [], [forwardTo('web')])],
      })
      haproxy = await HaproxyUnderTest.start(program, table, [port])
    })
    beforeEach(() => target.forget())
    afterAll(async () => {
      await haproxy.stop()
      await target.stop()
    })

    it.each(MALFORMED_STREAMS)('%s', async (_, { bytes, seen }) => {
      await exchange(port, bytes)
      expect(target.requests.map(({ line, body }) => `${line} ${body}`.trim())).toEqual(seen)
      const names = target.requests.flatMap(({ headers }) => headers.map(([name]) => name.toLowerCase()))
      expect(names.filter((name) => name.includes('hidden') || name.startsWith(':'))).toEqual([])
      const hosts = target.requests.flatMap(({ headers }) => headers.filter(([name]) => name.toLowerCase() === 'host'))
      expect(hosts.map(([, host]) => host)).toEqual(seen.map(() => `a:${port}`))
    })
  })
})

const isClosing = ([name, value]: readonly [string, string]): boolean =>
  name.toLowerCase() === 'connection' && value === 'close'

const [RST_STREAM, GOAWAY, END_STREAM] = [3, 7, 1]

/** Until the one stream ends, or the connection does. */
const exchange = async (port: number, bytes: Buffer): Promise<void> => {
  const socket: TLSSocket = connectTls({ host: '127.0.0.1', port, ALPNProtocols: ['h2'], rejectUnauthorized: false })
  let answer = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (data: Buffer) => {
    answer = Buffer.concat([answer, data])
    while (answer.length >= 9 && answer.length >= 9 + answer.readUIntBE(0, 3)) {
      const [type = 0, flags = 0] = answer.subarray(3, 5)
      const isEnd = type === RST_STREAM || type === GOAWAY || (type <= 1 && (flags & END_STREAM) !== 0)
      if (isEnd) socket.destroy()
      answer = answer.subarray(9 + answer.readUIntBE(0, 3))
    }
  })
  socket.write(bytes)
  await new Promise((resolve) => socket.once('close', resolve))
}
