/**
 * The identity document of an EC2 instance, where an agent has one: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
 * It tells what the machine is, not who calls: its signature is AWS's and is not checked, the caller is known by the key that signs
 * the request.
 */
import { isIP } from 'node:net'
import { compact } from '../../kit/compact.ts'
import type { AttributeRecord } from '../../model/records.ts'
import { invalidParameter } from './faults.ts'

export interface InstanceIdentity {
  readonly ec2InstanceId?: string
  readonly privateIpAddress?: string
  /** Attributes that follow from the document. */
  readonly attributes: readonly AttributeRecord[]
}

/** Architectures as EC2 names them; ECS names the second one by the same word. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  'ecs.availability-zone': 'availabilityZone',
  'ecs.instance-type': 'instanceType',
  'ecs.ami-id': 'imageId',
  'ecs.cpu-architecture': 'architecture',
}

/** What the text of a document says; agents outside of EC2 send none or an empty one. */
export const readIdentityDocument = (text: string | undefined): InstanceIdentity => {
  if (!text) return { attributes: [] }
  const document = parse(text)
  const textOf = (member: string): string | undefined => {
    const value = document[member]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const ec2InstanceId = textOf('instanceId')
  const privateIpAddress = textOf('privateIp')
  if (privateIpAddress !== undefined && isIP(privateIpAddress) === 0)
    throw invalidParameter('The privateIp of the instance identity document is not an IP address.')
  const attributes = Object.entries(ATTRIBUTES).flatMap(([name, member]) => {
    const value = textOf(member)
    return value === undefined ? [] : { name, value }
  })
  return { attributes, ...compact({ ec2InstanceId, privateIpAddress }) }
}

const parse = (text: string): Readonly<Record<string, unknown>> => {
  const document = parseJson(text)
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalidParameter('The instance identity document is not valid.')
  }
  return document as Readonly<Record<string, unknown>>
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
