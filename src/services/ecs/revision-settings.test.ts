import { describe, expect, it } from 'vitest'
import { aFargateTaskDefinition, aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import type { Fault } from '../../wire/fault.ts'
import { revisionSettings, type WantedRevision } from './revision-settings.ts'

const EC2: WantedRevision = {
  definition: aTaskDefinition(),
  capacity: { launchType: 'EC2', capacityProviderStrategy: [] },
  platformVersion: undefined,
  networkConfiguration: undefined,
}
const FARGATE: WantedRevision = {
  definition: aFargateTaskDefinition(),
  capacity: { launchType: 'FARGATE', capacityProviderStrategy: [] },
  platformVersion: undefined,
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
}

const refusalOf = (wanted: WantedRevision): string => {
  try {
    revisionSettings(wanted)
    return 'accepted'
  } catch (error) {
    return (error as Fault).message
  }
}

describe('the settings of a revision', () => {
  it('have no platform on EC2', () => {
    expect(revisionSettings(EC2)).toEqual({
      taskDefinitionArn: EC2.definition.taskDefinitionArn,
      launchType: 'EC2',
      capacityProviderStrategy: [],
    })
  })

  it('remember that the platform was to be the latest', () => {
    expect(revisionSettings(FARGATE)).toMatchObject({ platformVersion: '1.4.0', isLatestPlatform: true })
    expect(revisionSettings({ ...FARGATE, platformVersion: 'LATEST' })).toEqual(revisionSettings(FARGATE))
    expect(revisionSettings({ ...FARGATE, platformVersion: '1.4.0' })).not.toHaveProperty('isLatestPlatform')
  })

  it.each<[string, WantedRevision, string]>([
    ['a platform on EC2', { ...EC2, platformVersion: 'LATEST' }, 'The platform version must be null'],
    ['a platform that there is not', { ...FARGATE, platformVersion: '9.9.9' }, 'platform version does not exist'],
    [
      'a definition that is not for Fargate',
      { ...FARGATE, definition: EC2.definition },
      'does not support launch_type',
    ],
    ['Fargate without a network', { ...FARGATE, networkConfiguration: undefined }, 'must be provided'],
    [
      'a network that tasks have no use for',
      { ...EC2, networkConfiguration: FARGATE.networkConfiguration },
      'not valid',
    ],
    [
      'volumes that come with the task',
      { ...EC2, definition: aTaskDefinition({ volumes: [{ name: 'data', configuredAtLaunch: true }] }) },
      'EBS volumes',
    ],
  ])('refuse %s', (_what, wanted, message) => {
    expect(refusalOf(wanted)).toContain(message)
  })
})
