/** DNS packets to bytes and back: https://github.com/mafintosh/dns-packet, which comes without types. */
import { createRequire } from 'node:module'

export interface Question {
  readonly name: string
  readonly type: string
  readonly class?: string
}

export interface Resource {
  readonly name: string
  readonly type: string
  readonly class?: string
  readonly ttl?: number
  readonly data?: unknown
  readonly udpPayloadSize?: number
  readonly ednsVersion?: number
  readonly extendedRcode?: number
}

export interface Packet {
  readonly type?: 'query' | 'response'
  readonly id?: number
  readonly flags?: number
  readonly opcode?: string
  readonly flag_qr?: boolean
  readonly questions?: readonly Question[]
  readonly answers?: readonly Resource[]
  readonly authorities?: readonly Resource[]
  readonly additionals?: readonly Resource[]
}

interface DnsPackets {
  /** Throws on what is no packet. */
  readonly decode: (bytes: Uint8Array) => Packet
  readonly encode: (packet: Packet) => Buffer
}

const require = createRequire(import.meta.url)

export const { decode, encode } = require('dns-packet') as DnsPackets
