/** The availability zone that a request names, by name or by id. */
import { zoneIdOf, zonesOf } from '../../store/ec2/zones.ts'
import type { Ec2Context } from './context.ts'
import { invalidCombination, invalidValue } from './faults.ts'

interface NamesZone {
  readonly AvailabilityZone?: string | undefined
  readonly AvailabilityZoneId?: string | undefined
}

/** Undefined if none is named. Throws if there is no such zone. */
export const namedZone = (
  { AvailabilityZone: name, AvailabilityZoneId: id }: NamesZone,
  { tx, region }: Ec2Context,
): string | undefined => {
  if (name !== undefined && id !== undefined)
    throw invalidCombination('The parameters AvailabilityZone and AvailabilityZoneId cannot be used together.')
  const zones = zonesOf(tx, region)
  const zone = zones.find((each) => each === name || zoneIdOf(region, each) === id)
  if (zone !== undefined || (name === undefined && id === undefined)) return zone
  throw invalidValue(
    `Value (${name ?? id ?? ''}) for parameter availabilityZone is invalid. Subnets can currently only be created in the ` +
      `following availability zones: ${zones.join(', ')}.`,
  )
}
