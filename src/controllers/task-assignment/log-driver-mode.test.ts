import { expect, it } from 'vitest'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { accountSettingKey } from '../../model/account-settings.ts'
import { logDriverMode } from './log-driver-mode.ts'

const ROOT = 'arn:aws:iam::000000000000:root'
const ROLE = 'arn:aws:iam::000000000000:role/deployer'
const SESSION = 'arn:aws:sts::000000000000:assumed-role/deployer/monday'

/** Settings of principals. */
const settings = (values: Readonly<Record<string, string>>) => ({
  get: (key: string) => {
    const found = Object.entries(values).find(
      ([principalArn]) => key === accountSettingKey('us-east-1', 'defaultLogDriverMode', principalArn),
    )
    return found && { key, name: 'defaultLogDriverMode', principalArn: found[0], value: found[1] }
  },
})

it.each([
  ['does not block unless somebody said so', {}, ROOT, 'non-blocking'],
  ['is that of the account', { [ROOT]: 'blocking' }, ROLE, 'blocking'],
  ['is that of who registered the definition', { [ROOT]: 'blocking', [ROLE]: 'non-blocking' }, ROLE, 'non-blocking'],
  ["is a role's for its sessions", { [ROLE]: 'blocking' }, SESSION, 'blocking'],
])('the mode of log drivers %s', (_title, values, registeredBy, expected) => {
  expect(logDriverMode(settings(values), aTaskDefinition({ registeredBy }))).toBe(expected)
})
