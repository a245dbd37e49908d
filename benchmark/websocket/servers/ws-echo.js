const { WebSocketServer } = require('ws');

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () =>
  console.log(server.address().port),
);
server.on('connection', (socket) =>
  socket.on('message', (data, isBinary) => socket.send(isBinary ? data : data.toString())),
);
