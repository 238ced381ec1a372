-- Run inside Neovim, with the lines of docs/editors.md as its configuration: opens a task, breaks it, and mends it with
-- what the server offers. Ends with exit code 0 when all of it held.
local file = vim.env.TASK

local function await(what, holds)
  if not vim.wait(60000, holds, 20) then
    error('in vain: ' .. what .. '; found: ' .. vim.inspect(vim.diagnostic.get(0)))
  end
end

local function codes()
  local found = vim.tbl_map(function(one) return one.code end, vim.diagnostic.get(0))
  table.sort(found)
  return table.concat(found, ' ')
end

local function ask(method, line, column)
  vim.api.nvim_win_set_cursor(0, { line, column })
  local params = vim.lsp.util.make_position_params(0, 'utf-8')
  local answers = vim.lsp.buf_request_sync(0, method, params, 60000)
  for _, answer in pairs(answers or {}) do
    assert(not answer.err, vim.inspect(answer.err))
    return answer.result
  end
end

local function session()
  vim.cmd.edit(vim.fn.fnameescape(file))
  assert(vim.bo.filetype == 'toml', vim.bo.filetype)
  await('the server starts', function()
    local client = vim.lsp.get_clients({ bufnr = 0 })[1]
    return client and client.initialized
  end)
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  assert(client.root_dir == vim.fs.dirname(file), tostring(client.root_dir))

  -- A slip, and the action that mends it.
  vim.cmd('%s/^max_steps/max_step/')
  await('the slip is found', function() return codes() == 'unknown-key' end)
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action) return action.isPreferred end,
  })
  await('the fix is applied and the finding gone', function()
    return codes() == '' and vim.fn.search('^max_steps = 5$', 'nw') > 0
  end)

  -- What is known of a key and of an id, and where the id is given.
  local line = vim.fn.search('^max_steps', 'nw')
  local hover = ask('textDocument/hover', line, 3)
  assert(hover.contents.value:find('1 to 1000', 1, true), vim.inspect(hover))
  line = vim.fn.search('^required', 'nw')
  local column = vim.fn.getline(line):find('broken_pieces', 1, true)
  local place = ask('textDocument/definition', line, column)
  assert(place.uri:find('pack.toml', 1, true), vim.inspect(place))

  -- What may be written.
  line = vim.fn.search('^expected', 'nw')
  vim.fn.setline(line, 'expected = ""')
  local items = ask('textDocument/completion', line, 12).items
  assert(items[1].label == 'send_replacement', vim.inspect(items[1]))
  vim.fn.setline(line, 'expected = "' .. items[1].label .. '"')
  await('all is well again', function() return codes() == '' end)

  -- Formatting.
  vim.cmd('%s/^max_steps = 5/max_steps   =   5/')
  vim.lsp.buf.format({ timeout_ms = 60000 })
  assert(vim.fn.search('^max_steps = 5$', 'nw') > 0, 'it is formatted')

  -- The end, in order.
  client:stop()
  await('the server ends', function() return client:is_stopped() end)
end

local held, why = pcall(session)
if held then
  vim.cmd('qa!')
else
  io.stderr:write(tostring(why) .. '\n')
  vim.cmd('cquit 1')
end
