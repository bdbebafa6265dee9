/** What we use of the package: https://github.com/mafintosh/dns-packet. */
declare module 'dns-packet' {
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

  /** Throws on what is no packet. */
  export function decode(bytes: Uint8Array): Packet
  export function encode(packet: Packet): Buffer
}
