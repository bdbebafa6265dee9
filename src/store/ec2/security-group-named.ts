/** Security groups by their names, which are distinct within a VPC. */
import type { SecurityGroupRecord } from '../../model/ec2-records.ts'
import type { ReadTables } from '../tables.ts'

export const securityGroupNamed = (
  { securityGroups }: Pick<ReadTables, 'securityGroups'>,
  vpcId: string,
  name: string,
): SecurityGroupRecord | undefined => securityGroups.find('byVpc', vpcId).find(({ groupName }) => groupName === name)
