/** Blocks of addresses in requests: of VPCs and subnets, of rules and routes. */
import { VPC_PREFIX } from '../../model/ec2-limits.ts'
import { type CidrBlock, cidrText, parseCidr } from '../../model/cidr.ts'
import { type Ec2Code, ec2Fault, invalidValue } from './faults.ts'

/** An IPv4 block for a VPC or a subnet, in its canonical form. */
export const requireNetworkBlock = (text: string, rangeCode: Ec2Code): CidrBlock => {
  const block = parseCidr(text)
  if (block?.family !== 4)
    throw invalidValue(`Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`)
  if (block.prefixLength < VPC_PREFIX.min || block.prefixLength > VPC_PREFIX.max)
    throw ec2Fault(rangeCode, `The CIDR '${text}' is invalid.`)
  return block
}

/** The canonical form of a rule's or route's block. */
export const canonicalCidr = (text: string, family: 4 | 6): string => {
  const block = parseCidr(text)
  if (block?.family !== family) throw invalidValue(`CIDR block ${text} is malformed`)
  return cidrText(block)
}
