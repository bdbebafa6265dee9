import { describe, expect, it } from 'vitest'
import type { ContainerDefinition, ExecuteCommandConfiguration } from '@aws-sdk/client-ecs'
import { aCluster } from '../../../test/builders/a-cluster.ts'
import { sessionKey, sessionLogging } from './exec-logging.ts'

const AWSLOGS: ContainerDefinition = {
  logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/web', 'awslogs-region': 'eu-west-1' } },
}
const DEFAULT = {
  cloudWatchLogGroupName: '/web',
  cloudWatchLogStreamName: 's1',
  region: 'eu-west-1',
  cloudWatchEncryptionEnabled: false,
}
const loggingOf = (executeCommandConfiguration?: ExecuteCommandConfiguration, container = AWSLOGS) =>
  sessionLogging(
    aCluster(executeCommandConfiguration && { configuration: { executeCommandConfiguration } }),
    container,
    's1',
  )

describe('the transcript of a session', () => {
  it('goes where the output of the container goes, if that is CloudWatch Logs', () => {
    expect(loggingOf()).toEqual(DEFAULT)
    expect(loggingOf({ logging: 'DEFAULT' })).toEqual(DEFAULT)
    expect(loggingOf({}, { logConfiguration: { logDriver: 'json-file' } })).toBeUndefined()
    expect(loggingOf({}, {})).toBeUndefined()
  })

  it('goes nowhere if the cluster says so', () => {
    expect(loggingOf({ logging: 'NONE' })).toBeUndefined()
  })

  it('goes where the cluster says', () => {
    const logConfiguration = { cloudWatchLogGroupName: '/exec', cloudWatchEncryptionEnabled: true }
    expect(loggingOf({ logging: 'OVERRIDE', logConfiguration })).toEqual({
      cloudWatchLogGroupName: '/exec',
      cloudWatchLogStreamName: 's1',
      region: 'us-east-1',
      cloudWatchEncryptionEnabled: true,
    })
  })

  it('is apart from the key that encrypts the session', () => {
    expect(sessionKey(aCluster())).toBeUndefined()
    const executeCommandConfiguration = { kmsKeyId: 'alias/exec' }
    expect(sessionKey(aCluster({ configuration: { executeCommandConfiguration } }))).toBe('alias/exec')
  })
})
