/** A role that tasks of ECS may have. */
import type { RoleRecord } from '../../src/model/iam-records.ts'
import { aRole } from './a-role.ts'

/** A trust policy that lets an AWS service assume a role. */
export const trustingService = (service: string, condition?: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        ...(condition && { Condition: condition }),
      },
    ],
  })

export const aTaskRole = (given: Partial<RoleRecord> = {}): RoleRecord =>
  aRole({ assumeRolePolicyDocument: trustingService('ecs-tasks.amazonaws.com'), ...given })
