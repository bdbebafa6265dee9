/**
 * A DNS server for the names of load balancers, by UDP and TCP: what a real domain delegates to. It answers for those zones alone, from the
 * routing table and the health of targets, and asks nobody else.
 */
import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { createServer, isIPv6, type Server, type Socket } from 'node:net'
import { decode, encode, type Packet } from './dns-packets.ts'
import type { Log } from '../../kit/log.ts'
import type { LoadBalancerRoute, RoutingTable } from '../../model/load-balancing/routing.ts'
import { answerTo, LARGEST_DATAGRAM, type Zone } from './answer.ts'
import { expressNamesOf, expressZoneOf } from './express-names.ts'
import { type HealthOf, toldAddresses } from './zone-health.ts'

export interface DnsAddress {
  readonly address: string
  /** 0 picks a free one. */
  readonly port: number
}

export interface DnsServerOptions {
  readonly log: Log
  readonly health: HealthOf
}

/** A client that says nothing of EDNS takes no more by UDP. Source: RFC 1035, 2.3.4. */
const PLAIN_DATAGRAM = 512
const TRUNCATED = 1 << 9
const CONNECTIONS = 100
const IDLE_MS = 10_000
const LENGTH_BYTES = 2
/** Of answers that a connection has not taken. */
const UNREAD_BYTES = 256 * 1024
const HEADER_BYTES = 12
/** What queries are longer than this? None that we answer. */
const LARGEST_QUERY = 4096

export class DnsServer {
  readonly #options: DnsServerOptions
  #table: Pick<RoutingTable, 'targetGroups'> = { targetGroups: new Map() }
  /** By name in small letters. */
  #routes = new Map<string, LoadBalancerRoute>()
  #parents = new Set<string>()
  #suffix: string | undefined
  #datagrams: DatagramSocket | undefined
  #server: Server | undefined
  readonly #connections = new Set<Socket>()

  constructor(options: DnsServerOptions) {
    this.#options = options
  }

  /** Rejects if the port is taken. Resolves with the address that it has. */
  async listen({ address, port }: DnsAddress): Promise<DnsAddress> {
    const datagrams = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4' })
    this.#datagrams = datagrams
    await new Promise<void>((resolve, reject) => datagrams.once('error', reject).bind(port, address, resolve))
    datagrams.removeAllListeners('error')
    datagrams.on('error', (error) => this.#options.log.warn('a DNS answer could not be sent', { error }))
    datagrams.on('message', (message, sender) => this.answer(message, sender))
    const bound = { address, port: datagrams.address().port }
    const server = createServer((socket) => this.#serve(socket))
    this.#server = server
    server.maxConnections = CONNECTIONS
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(bound.port, address, () => resolve()),
    )
    server.removeAllListeners('error')
    server.on('error', (error) => this.#options.log.warn('a DNS connection could not be taken', { error }))
    return bound
  }

  /** What there is from now on. */
  serve(table: RoutingTable, suffix: string): void {
    const routes = [...table.loadBalancers.values()]
    this.#table = table
    this.#suffix = suffix.toLowerCase()
    const named = routes.flatMap((route) =>
      [route.dnsName.toLowerCase(), ...expressNamesOf(route, suffix.toLowerCase())].map(
        (name) => [name, route] as const,
      ),
    )
    this.#routes = new Map(named)
    this.#parents = new Set([...this.#routes.keys()].map((name) => name.slice(name.indexOf('.') + 1)))
  }

  /** One datagram. Nobody can be answered at port 0, whoever forged that. */
  answer(message: Buffer, sender: DnsAddress): void {
    const answer = sender.port === 0 ? undefined : this.#answer(message, true)
    if (answer !== undefined) this.#datagrams?.send(answer, sender.port, sender.address)
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy()
    await new Promise<void>((resolve) => (this.#datagrams ? this.#datagrams.close(resolve) : resolve()))
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()))
  }

  /** Undefined for what is not worth an answer. */
  #answer(message: Buffer, isDatagram: boolean): Buffer | undefined {
    if (message.length < HEADER_BYTES || message.length > LARGEST_QUERY || this.#suffix === undefined) return undefined
    try {
      const query = decode(message)
      const answer = answerTo(query, this.#zone(this.#apexFor(query, this.#suffix)))
      return answer && fitting(answer, isDatagram ? datagramBytes(query) : Number.POSITIVE_INFINITY)
    } catch (error) {
      this.#options.log.debug('a DNS packet that is none', { error })
      return undefined
    }
  }

  /** Of the zone that is asked about; there are more as soon as there are Express services. */
  #apexFor({ questions: [question] = [] }: Packet, suffix: string): string {
    const zone = question && expressZoneOf(question.name.toLowerCase(), suffix)
    return zone !== undefined && this.#parents.has(zone) ? zone : `elb.${suffix}`
  }

  #zone(apex: string): Zone {
    return {
      apex,
      addressesOf: (name) => {
        const route = this.#routes.get(name)
        return route && toldAddresses(route, this.#table, this.#options.health)
      },
      hasNamesBelow: (name) => this.#parents.has(name),
    }
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket)
    let received = Buffer.alloc(0)
    socket.setTimeout(IDLE_MS, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#connections.delete(socket))
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      while (received.length >= LENGTH_BYTES) {
        const length = received.readUInt16BE(0)
        if (length > LARGEST_QUERY) return void socket.destroy()
        if (received.length < LENGTH_BYTES + length) return
        const answer = this.#answer(received.subarray(LENGTH_BYTES, LENGTH_BYTES + length), false)
        received = received.subarray(LENGTH_BYTES + length)
        if (answer === undefined) return void socket.destroy()
        socket.write(framed(answer))
        // Who asks on without reading is not waited for.
        if (socket.writableLength > UNREAD_BYTES) return void socket.destroy()
      }
    })
  }
}

const framed = (answer: Buffer): Buffer => {
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt16BE(answer.length)
  return Buffer.concat([length, answer])
}

const datagramBytes = ({ additionals = [] }: Packet): number => {
  const said = additionals.find(({ type }) => type === 'OPT')?.udpPayloadSize ?? PLAIN_DATAGRAM
  return Math.min(LARGEST_DATAGRAM, Math.max(PLAIN_DATAGRAM, said))
}

/** What does not fit is asked for again by TCP. */
const fitting = (answer: Packet, largestBytes: number): Buffer => {
  const whole = encode(answer)
  if (whole.length <= largestBytes) return whole
  return encode({ ...answer, flags: (answer.flags ?? 0) | TRUNCATED, answers: [] })
}
