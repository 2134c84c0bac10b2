// Shows the events of the stream; `data-state` says how far it is.
const list = document.getElementById('events');
const source = new EventSource('/events');
const show = (event) => {
    const item = document.createElement('li');
    item.textContent = event.type + ' ' + event.data;
    list.append(item);
};
source.addEventListener('tick', show);
source.addEventListener('end', (event) => {
    show(event);
    source.close();
    list.dataset.state = 'ended';
});
source.onerror = () => { list.dataset.state = 'broken'; source.close(); };
