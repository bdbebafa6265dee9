import { describe, expect, it } from 'vitest'
import { type FirelensType, includedFileProblem, optionProblem, patternProblem } from './firelens-options.ts'

const EMPTY = 'its value is empty'
const LINES = 'its value is not one line of text'
const NAME = 'its name is not that of an option'
const COMMENT = 'its value has a comment in it'
const QUOTE = 'its value begins with a quote that does not end it'
const JSON_ONLY = 'its value begins like JSON and is none'

describe('an option of a log router', () => {
  it.each<[FirelensType, string, string, string | undefined]>([
    ['fluentbit', 'Name', 'cloudwatch_logs', undefined],
    ['fluentbit', 'net.keepalive', 'off', undefined],
    ['fluentbit', 'tls.verify', 'Off', undefined],
    ['fluentbit', 'Aws_Auth', 'On', undefined],
    ['fluentbit', 'header', 'X-Key a b', undefined],
    ['fluentbit', 'header', 'X-Quote "open', undefined],
    ['fluentbit', 'label_keys', "$container_name,$sub['stream']", undefined],
    ['fluentbit', 'region', '${AWS_REGION}', undefined],
    ['fluentbit', 'dd_message_key', 'log # not a comment', undefined],
    ['fluentbit', 'template', '{"key": [1, {"a": "}"}', undefined],
    ['fluentbit', 'uri', '/[OUTPUT]', undefined],
    ['fluentbit', 'tab', 'a\tb', undefined],
    ['fluentbit', 'emoji', '→', undefined],
    ['fluentbit', 'Host', '', EMPTY],
    ['fluentbit', 'Host', '  ', EMPTY],
    ['fluentbit', 'Host', 'a\n[OUTPUT]\n    Name file', LINES],
    ['fluentbit', 'Host', 'a\r', LINES],
    ['fluentbit', 'Host', 'a\u0000b', LINES],
    ['fluentbit', 'Host', 'a\u000bb', LINES],
    ['fluentbit', 'Host', 'a\u2028b', LINES],
    ['fluentbit', 'Host\n[OUTPUT]', 'a', NAME],
    ['fluentbit', '[OUTPUT]', 'a', NAME],
    ['fluentbit', '@INCLUDE', '/etc/passwd', NAME],
    ['fluentbit', '@SET', 'a=b', NAME],
    ['fluentbit', '# comment', 'a', NAME],
    ['fluentbit', 'Host Port', 'a', NAME],
    ['fluentbit', ' Host', 'a', NAME],
    ['fluentbit', 'a}b', 'a', NAME],
    ['fluentbit', '', 'a', NAME],

    ['fluentd', '@type', 'kinesis_firehose', undefined],
    ['fluentd', '@log_level', 'debug', undefined],
    ['fluentd', 'region', 'us-west-2', undefined],
    ['fluentd', 'region', '"#{ENV[\'AWS_REGION\']}"', undefined],
    ['fluentd', 'hosts', '["a", "b"]', undefined],
    ['fluentd', 'headers', '{"a": {"b": 1}}', undefined],
    ['fluentd', 'path', '/a/#b', undefined],
    ['fluentd', 'text', '\'single "quoted"\'', undefined],
    ['fluentd', 'text', '"with \\"quotes\\""', undefined],
    ['fluentd', '@include', '/etc/passwd', NAME],
    ['fluentd', '</match>', 'a', NAME],
    ['fluentd', '<buffer>', 'a', NAME],
    ['fluentd', 'path', 'a\n</match>', LINES],
    ['fluentd', 'path', '', EMPTY],
    ['fluentd', 'path', 'a #b', COMMENT],
    ['fluentd', 'path', '#b', COMMENT],
    ['fluentd', 'path', '"open', QUOTE],
    ['fluentd', 'path', '"open\\"', QUOTE],
    ['fluentd', 'path', '"a" b', QUOTE],
    ['fluentd', 'path', "'open", QUOTE],
    ['fluentd', 'path', '{"a": 1', JSON_ONLY],
    ['fluentd', 'path', '[1', JSON_ONLY],
    ['fluentd', 'path', '{ruby: 1}', JSON_ONLY],
  ])('of %s, %j %j: %s', (type, name, value, problem) => expect(optionProblem(type, name, value)).toBe(problem))
})

describe('a pattern', () => {
  it.each<[FirelensType, string, string | undefined]>([
    ['fluentbit', '^[a-z][aeiou].*$', undefined],
    ['fluentbit', '(ERROR|WARN) #', undefined],
    ['fluentbit', 'a\nb', LINES],
    ['fluentbit', '', EMPTY],
    ['fluentd', '(ERROR|a/b)', undefined],
    ['fluentd', 'ERROR #', COMMENT],
  ])('of %s, %j: %s', (type, pattern, problem) => expect(patternProblem(type, pattern)).toBe(problem))
})

describe('an included file', () => {
  it.each<[FirelensType, string, boolean]>([
    ['fluentbit', '/fluent-bit/configs/extra.conf', true],
    ['fluentbit', '/extra.yaml', false],
    ['fluentbit', '/extra.YML', false],
    ['fluentd', '/extra.yaml', true],
    ['fluentd', '/extra.conf\n<match **>', false],
    ['fluentbit', '', false],
  ])('of %s, %j', (type, path, may) => expect(includedFileProblem(type, path) === undefined).toBe(may))
})
