/** The availability zones of a region: three that every region has, and those that agents say their machines are in. */
import { parseArn } from '../../model/arn.ts'
import type { ReadTables } from '../tables.ts'

const ZONE_LETTERS = ['a', 'b', 'c'] as const
const ZONE_ATTRIBUTE = 'ecs.availability-zone'

/** The zones in which a default VPC has subnets from the beginning. */
export const usualZones = (region: string): readonly string[] => ZONE_LETTERS.map((letter) => `${region}${letter}`)

/** Names of all zones of the region, the usual ones first. */
export const zonesOf = (tables: ReadTables, region: string): readonly string[] => {
  const usual = usualZones(region)
  const reported = new Set<string>()
  for (const { clusterArn, status, attributes } of tables.containerInstances.rows()) {
    if (status === 'INACTIVE' || parseArn(clusterArn)?.region !== region) continue
    const zone = attributes.find(({ name }) => name === ZONE_ATTRIBUTE)?.value
    if (zone !== undefined && !usual.includes(zone)) reported.add(zone)
  }
  return [...usual, ...[...reported].toSorted()]
}

/** AWS: the id of `us-east-1a` is like `use1-az1`. A zone that is named otherwise is its own id. */
export const zoneIdOf = (region: string, zoneName: string): string => {
  const letter = zoneName.slice(region.length)
  if (!zoneName.startsWith(region) || !/^[a-z]$/.test(letter)) return zoneName
  return `${shortRegion(region)}-az${letter.charCodeAt(0) - 'a'.charCodeAt(0) + 1}`
}

/** `us-east-1` is `use1`, `ap-southeast-2` is `apse2`. */
const shortRegion = (region: string): string => {
  const [area = '', ...rest] = region.split('-')
  return (
    area +
    rest
      .map((part) => part.replace(/^(north|south)(east|west)$/, '$1-$2').replaceAll(/([a-z])[a-z]*-?/g, '$1'))
      .join('')
  )
}
