/** Answers to DNS queries, from what is known of load balancers. Pure: RFC 1035, RFC 2308 for what is not there, RFC 6891 for EDNS. */
import type { Packet, Question, Resource } from './dns-packets.ts'

export interface Zone {
  /** Small letters, without the last dot, e.g. `elb.example.com`. */
  readonly apex: string
  /** Addresses to tell of a load balancer by its name in small letters; undefined: there is none. */
  readonly addressesOf: (name: string) => readonly string[] | undefined
  /** Whether names of load balancers end with that name in small letters. */
  readonly hasNamesBelow: (name: string) => boolean
}

const [FORMAT_ERROR, NAME_ERROR, NOT_IMPLEMENTED, REFUSED] = [1, 3, 4, 5]
const AUTHORITATIVE = 1 << 10
const RECURSION_DESIRED = 1 << 8
/** Of `BADVERS` (16) the part that does not fit in a header. */
const BAD_EDNS_VERSION = 1

/** Seconds. Targets come and go. */
const TTL_SECONDS = 10
/** What fits into one packet everywhere. Source: DNS Flag Day 2020. */
export const LARGEST_DATAGRAM = 1232

/** Undefined: it deserves none. */
export const answerTo = (query: Packet, zone: Zone): Packet | undefined => {
  if (query.flag_qr === true) return undefined
  const [question, ...more] = query.questions ?? []
  const edns = (query.additionals ?? []).find(({ type }) => type === 'OPT')
  const reply = (code: number, parts: Partial<Packet> = {}): Packet => ({
    type: 'response',
    id: query.id ?? 0,
    flags: ((query.flags ?? 0) & RECURSION_DESIRED) | (parts.authorities || parts.answers ? AUTHORITATIVE : 0) | code,
    questions: question === undefined ? [] : [question],
    ...(edns && { additionals: [option(0)] }),
    ...parts,
  })
  if (query.opcode !== 'QUERY') return reply(NOT_IMPLEMENTED)
  if (question === undefined || more.length > 0) return reply(FORMAT_ERROR)
  if ((edns?.ednsVersion ?? 0) > 0) return reply(0, { additionals: [option(BAD_EDNS_VERSION)] })
  return answerQuestion(question, zone, reply)
}

const option = (extendedRcode: number): Resource => ({
  name: '.',
  type: 'OPT',
  udpPayloadSize: LARGEST_DATAGRAM,
  extendedRcode,
  ednsVersion: 0,
})

type Reply = (code: number, parts?: Partial<Packet>) => Packet

const answerQuestion = (question: Question, zone: Zone, reply: Reply): Packet => {
  const name = question.name.toLowerCase()
  const isInZone = name === zone.apex || name.endsWith(`.${zone.apex}`)
  if (!isInZone || (question.class ?? 'IN') !== 'IN') return reply(REFUSED)
  const authority = [startOfAuthority(zone)]
  const addresses = zone.addressesOf(name)
  if (addresses !== undefined) {
    const answers = addresses.flatMap((address) => addressRecord(question, address))
    return answers.length > 0 ? reply(0, { answers }) : reply(0, { authorities: authority })
  }
  if (name === zone.apex && (question.type === 'SOA' || question.type === 'NS')) {
    const answers = question.type === 'SOA' ? authority : [nameServer(zone)]
    return reply(0, { answers: answers.map((answer) => ({ ...answer, name: question.name })) })
  }
  const exists = name === zone.apex || zone.hasNamesBelow(name)
  return reply(exists ? 0 : NAME_ERROR, { authorities: authority })
}

/** With the name as it was asked for, be it in capital letters. */
const addressRecord = ({ name, type }: Question, address: string): readonly Resource[] => {
  const own = address.includes(':') ? 'AAAA' : 'A'
  return type === own || type === 'ANY' ? [{ name, type: own, class: 'IN', ttl: TTL_SECONDS, data: address }] : []
}

const nameServer = ({ apex }: Zone): Resource => ({
  name: apex,
  type: 'NS',
  class: 'IN',
  ttl: TTL_SECONDS,
  data: `ns.${apex}`,
})

const startOfAuthority = ({ apex }: Zone): Resource => ({
  name: apex,
  type: 'SOA',
  class: 'IN',
  ttl: TTL_SECONDS,
  data: {
    mname: `ns.${apex}`,
    rname: `hostmaster.${apex}`,
    serial: 1,
    refresh: 3600,
    retry: 600,
    expire: 86_400,
    minimum: TTL_SECONDS,
  },
})
