/** A session of ECS Exec that its client has just asked for. */
import { dataChannelPath, type SessionRecord } from '../../src/model/exec-session.ts'
import { SESSION_TOKEN_MS } from '../../src/model/exec-limits.ts'
import { DEFAULT_CLUSTER_ARN } from './a-cluster.ts'
import { BUILT_AT_MS, builderIds } from './ids.ts'

export const aSession = (given: Partial<SessionRecord> = {}): SessionRecord => {
  const { sessionId = `ecs-execute-command-${builderIds.hex32()}` } = given
  return {
    sessionId,
    account: '000000000000',
    region: 'us-east-1',
    clusterArn: DEFAULT_CLUSTER_ARN,
    taskId: builderIds.hex32(),
    containerName: 'app',
    runtimeId: 'app-1',
    containerInstanceId: builderIds.hex32(),
    owner: 'arn:aws:iam::000000000000:user/ada',
    sessionType: 'InteractiveCommands',
    command: '/bin/sh',
    streamUrl: `ws://127.0.0.1:4566${dataChannelPath(sessionId)}`,
    tokenExpiresAt: BUILT_AT_MS + SESSION_TOKEN_MS,
    status: 'Connecting',
    startedAt: BUILT_AT_MS,
    ...given,
  }
}
